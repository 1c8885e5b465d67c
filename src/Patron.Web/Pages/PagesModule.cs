using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared;
using Patron.Web.Http;
using Patron.Web.Texts;

namespace Patron.Web.Pages;

/// <summary>Registers and maps what all pages share. Only role all serves pages.</summary>
public static class PagesModule
{
    public static IServiceCollection AddPages(this IServiceCollection services, ProcessRole role)
    {
        services.AddSingleton<BrandAssets>();
        services.AddSingleton(PageAsset.Style).AddSingleton(PageAsset.Script).AddSingleton(PageAsset.Icon);
        services.AddSingleton(TextFile.Of("Patron.Web", typeof(PagesModule).Assembly));
        if (role == ProcessRole.All)
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
        }

        return services;
    }

    /// <summary>Maps the style sheets, scripts and pictures of all pages.</summary>
    public static void MapPageAssets(this IEndpointRouteBuilder app)
    {
        var assets = app.ServiceProvider.GetServices<PageAsset>().ToDictionary(asset => asset.Name, StringComparer.Ordinal);
        app.MapGet(PageAsset.Prefix + "{name}", (string name, BrandAssets brand, HttpContext http) => assets.TryGetValue(name, out var asset)
                ? asset.Content.Answer(http)
                : brand.Find(name, http) ?? Results.NotFound())
            .ServedBy(ProcessRole.All).AllowAnonymous().AvailableDuringStart().ExcludeFromDescription();
    }
}
