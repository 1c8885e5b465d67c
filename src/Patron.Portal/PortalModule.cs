using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Portal.Http;
using Patron.Portal.Pages;
using Patron.Shared;
using Patron.Web.Http;
using Patron.Web.Pages;
using Patron.Web.Texts;

namespace Patron.Portal;

/// <summary>
/// Registers and maps the web pages for customers. They are rendered on the server, contain no business rules, and work without script
/// (decision 0009).
/// </summary>
public static class PortalModule
{
    /// <summary>The routes of every role refer to the readers of pages; only role all serves pages.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services, ProcessRole role)
    {
        services.AddSingleton(TextFile.Of("Patron.Portal", typeof(PortalModule).Assembly));
        services.AddScoped<ReadDashboardPage>().AddScoped<ReadProfilePage>().AddScoped<ReadProfileForm>();
        services.AddScoped<ReadSecurityPage>().AddScoped<FindOwnAddress>();
        if (role == ProcessRole.All)
        {
            services.AddSingleton<ProblemPage>(ProblemPages.Find);
        }

        return services;
    }

    public static void MapPortalPages(this IEndpointRouteBuilder app)
    {
        var publicPages = app.MapPublicPages();
        publicPages.MapSignIn();
        publicPages.MapRegistration();
        publicPages.MapPasswords();
        publicPages.MapSetup();
        publicPages.MapLanguage();
        app.MapPagesWithoutFormToken().MapUnsubscribe();
        var signedIn = app.MapSignedInPages();
        signedIn.MapResending();
        signedIn.MapDashboard();
        signedIn.MapDocumentLists();
        signedIn.MapDocuments();
        signedIn.MapTickets();
        signedIn.MapProfile();
        signedIn.MapAddresses();
        signedIn.MapSecurity();
    }
}
