using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Portal.Http;
using Patron.Portal.Pages;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Portal;

/// <summary>The web pages for customers: rendered here, without a rule of their own, working without script (decision 0009).</summary>
public static class PortalModule
{
    /// <summary>Every role's routes name what reads for the pages; only role all shows them.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services, ProcessRole role)
    {
        services.AddScoped<ReadDashboardPage>().AddScoped<ReadProfilePage>().AddScoped<ReadSecurityPage>().AddScoped<FindOwnAddress>();
        if (role == ProcessRole.All)
        {
            AddPages(services);
        }

        return services;
    }

    public static void MapPortalPages(this IEndpointRouteBuilder app)
    {
        PortalAsset.Map(app);
        var open = app.MapOpenPages();
        open.MapSignIn();
        open.MapRegistration();
        open.MapPasswords();
        open.MapSetup();
        open.MapLanguage();
        var personal = app.MapPersonalPages();
        personal.MapResending();
        personal.MapDashboard();
        personal.MapProfile();
        personal.MapAddresses();
        personal.MapSecurity();
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
            options.Cookie.SameSite = SameSiteMode.Lax; // Whoever follows a mailed link brings it along.
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true; // The pages say more than that themselves.
        });
        services.AddSingleton<ProblemPage>(ProblemPages.Find);
    }
}
