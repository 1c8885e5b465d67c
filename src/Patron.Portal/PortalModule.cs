using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Portal.Http;
using Patron.Portal.Pages;
using Patron.Shared;
using Patron.Web.Http;

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
        services.AddSingleton<BrandAssets>();
        services.AddScoped<ReadDashboardPage>().AddScoped<ReadProfilePage>().AddScoped<ReadProfileForm>();
        services.AddScoped<ReadSecurityPage>().AddScoped<FindOwnAddress>();
        if (role == ProcessRole.All)
        {
            AddPages(services);
        }

        return services;
    }

    public static void MapPortalPages(this IEndpointRouteBuilder app)
    {
        PortalAsset.Map(app);
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
        signedIn.MapStaff();
    }

    private static void AddPages(IServiceCollection services)
    {
        services.AddRazorComponents();
        FormKeys.Add(services);
        services.AddAntiforgery(options =>
        {
            options.FormFieldName = "form_token";
            options.HeaderName = "X-Form-Token";
            options.Cookie.Name = "form";
            options.Cookie.SameSite = SameSiteMode.Lax; // Lax, because people come to forms by links in mails.
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true; // The pages set a stricter policy themselves.
        });
        services.AddSingleton<ProblemPage>(ProblemPages.Find);
    }
}
