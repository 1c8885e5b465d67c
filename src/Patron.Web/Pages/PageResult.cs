using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Patron.Web.Components;
using Patron.Web.Texts;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Web.Pages;

/// <summary>The base class of page components.</summary>
/// <typeparam name="TModel">The model that the route passes to the page.</typeparam>
public abstract class PageBase<TModel> : PageComponent, IPage<TModel>
{
    [Parameter]
    public required TModel Model { get; set; }
}

/// <summary>A component that a route shows as a page.</summary>
public interface IPage<TModel> : IComponent
{
    TModel Model { get; set; }
}

/// <summary>The model of a page without data.</summary>
public sealed record EmptyModel
{
    public static EmptyModel Instance { get; } = new();
}

/// <summary>A page as a response: its language, headers and form token.</summary>
public sealed class PageResult<TPage, TModel>(TModel model, int status) : IResult
    where TPage : IPage<TModel>
{
    // No inline script or style, no content of other hosts, no frames around the page: whatever is not listed is blocked.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var texts = PageTexts.Of(httpContext);
        var token = httpContext.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(httpContext);
        var kept = HttpMethods.IsGet(httpContext.Request.Method) ? KeptForm.Consume(httpContext) : null;
        httpContext.Features.Set(new PageState(texts, Notice.Consume(httpContext), token, kept));
        var headers = httpContext.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        // Some URLs contain a mailed secret. With no-referrer browsers would hide the origin of our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store"; // Instead of what the form token sets.
        httpContext.Response.SetLanguage(texts.Culture);
        headers.Append(HeaderNames.Vary, HeaderNames.Cookie);
        await new RazorComponentResult<TPage>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Model"] = model })
        {
            StatusCode = status,
            PreventStreamingRendering = true,
        }.ExecuteAsync(httpContext);
    }
}

/// <summary>The data of every page: its texts, the notice, the token of its forms, and the form that is shown again.</summary>
public sealed record PageState(PageTexts Texts, ShownNotice? Shown, AntiforgeryTokenSet Token, KeptForm? Kept)
{
    /// <summary>The message above the content of the page.</summary>
    public string? Notice => Shown is { Card: null } notice ? notice.Name : null;

    /// <summary>The message in this card.</summary>
    public string? NoticeIn(string card) => Shown?.Card == card ? Shown.Name : null;

    /// <summary>Returns the state of this form of the page.</summary>
    public FormState FormOf(string id) => Kept?.FormId == id ? Kept.State : FormState.Empty;
}

/// <summary>The results of page routes.</summary>
public static class PageResults
{
    public static IResult Page<TPage, TModel>(TModel model)
        where TPage : IPage<TModel> => new PageResult<TPage, TModel>(model, StatusCodes.Status200OK);

    /// <summary>
    /// Shows the form again with its errors, by a redirect to its page: then going back in the browser never sends a form again.
    /// </summary>
    /// <param name="ruleField">The field that an error without fields is about, if the use case cannot know it.</param>
    public static IResult Refused(HttpContext http, FormInput input, Error error, string? ruleField = null)
    {
        KeptForm.Keep(http, input, http.Caller().UserId, error, ruleField);
        Redirect(http, KeptForm.PageOf(http.Request, input));
        if (IsByScript(http))
        {
            http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }

        return Results.Empty;
    }

    /// <summary>Shows the page again with the errors of its form.</summary>
    public static IResult Refused<TPage, TModel>(TModel model, Error error)
        where TPage : IPage<TModel> => new PageResult<TPage, TModel>(model, Problems.Status(error.Kind));

    /// <summary>Redirects (303) after a successful post, with a notice on the next page.</summary>
    public static IResult Redirect(HttpContext http, string address, string? notice = null, int status = StatusCodes.Status303SeeOther)
    {
        if (notice is not null)
        {
            Patron.Web.Pages.Notice.Set(http, notice, address);
        }

        // Scripts cannot see a redirect before it is followed.
        http.Response.StatusCode = IsByScript(http) ? StatusCodes.Status204NoContent : status;
        http.Response.Headers.Location = address;
        return Results.Empty;
    }

    private static bool IsByScript(HttpContext http) => http.Request.Headers.ContainsKey("X-Form-Script");
}
