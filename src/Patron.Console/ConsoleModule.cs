using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.StaffConsole.Access;
using Patron.StaffConsole.Pages;
using Patron.StaffConsole.Pages.Audit;
using Patron.StaffConsole.Pages.Health;
using Patron.StaffConsole.Pages.Organizations;
using Patron.StaffConsole.Pages.Customers;
using Patron.StaffConsole.Pages.Home;
using Patron.StaffConsole.Pages.Inbox;
using Patron.StaffConsole.Pages.Find;
using Patron.StaffConsole.Pages.Invitations;
using Patron.StaffConsole.Pages.Jobs;
using Patron.StaffConsole.Pages.Keys;
using Patron.StaffConsole.Pages.Mail;
using Patron.StaffConsole.Pages.Members;
using Patron.StaffConsole.Pages.Merges;
using Patron.StaffConsole.Pages.Segments;
using Patron.StaffConsole.Pages.Sync;
using Patron.StaffConsole.Pages.Timeline;
using Patron.StaffConsole.Pages.Users;
using Patron.Web.Pages;
using Patron.Web.Texts;

namespace Patron.StaffConsole;

/// <summary>
/// Registers and maps the web pages for staff. They are rendered on the server, contain no business rules, and work without script
/// (decision 0019). Only role all serves them.
/// </summary>
public static class ConsoleModule
{
    internal static PageAsset Style { get; } = PageAsset.Read(typeof(ConsoleModule).Assembly, "console.css");

    internal static PageAsset Script { get; } = PageAsset.Read(typeof(ConsoleModule).Assembly, "console.js");

    public static IServiceCollection AddConsole(this IServiceCollection services) => services
        .AddScoped<ReadCustomerRecord>()
        .AddScoped<ReadHomePage>().AddScoped<ReadMergePage>().AddScoped<ReadSyncPage>()
        .AddScoped<ReadCustomerList>().AddScoped<ReadFindResults>().AddScoped<ReadNewJob>()
        .AddSingleton(TextFile.Of("Patron.StaffConsole", typeof(ConsoleModule).Assembly)).AddSingleton(Style).AddSingleton(Script);

    public static void MapConsolePages(this IEndpointRouteBuilder app)
    {
        var chooser = app.MapSignedInPages().MapGroup("/console");
        chooser.MapChooser();

        var pages = app.MapSignedInPages().MapGroup("/console/{organization:long}").WithMetadata(new IsPage(ShowProblem))
            .AddEndpointFilter<EnterConsole>();
        pages.MapConfirmation(); // Before the filter of idle sessions, which leads to it.
        pages = pages.MapGroup("").AddEndpointFilter<RefuseIdle>();
        pages.MapHome();
        pages.MapInbox();
        pages.MapMerges();
        pages.MapFind();
        pages.MapCustomerList();
        pages.MapNewCustomer();
        pages.MapSegments();
        pages.MapCustomers();
        pages.MapCustomerForms();
        pages.MapCustomerAccount();
        pages.MapCustomerAddresses();
        pages.MapCustomerDocuments();
        pages.MapTimeline();
        pages.MapJobs();
        pages.MapNewJob();
        pages.MapImports();
        pages.MapInvitations();
        pages.MapSync();
        pages.MapMembers();
        pages.MapKeys();
        pages.MapUsers();
        pages.MapMail();
        pages.MapAudit();
        pages.MapOrganizations();
        pages.MapHealth();
    }

    private static PageResult<ConsoleProblemPage, Web.Http.ProblemAnswer> ShowProblem(Web.Http.ProblemAnswer problem) =>
        new(problem, problem.Status);
}
