using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Sessions;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Http;

/// <summary>
/// Redirects an anonymous caller to the sign-in page and back. If a session has ended, the page says why, and a posted form is kept: it is
/// filled again after sign-in, but not sent.
/// </summary>
internal sealed class SignInRedirect : IResult
{
    // The reasons that a page names; see the texts notice_signed_out_*.
    private static readonly string[] Reasons = ["password_changed", "ended", "signed_out", EndedSession.Expired];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var request = httpContext.Request;
        var input = request.HasFormContentType ? new FormInput(await Forms.ReadAsync(httpContext)) : null;
        var cookie = request.Cookies[CallerAuthentication.CookieName];
        var ended = await httpContext.RequestServices.GetRequiredService<FindEndedSession>()
            .HandleAsync(cookie, httpContext.RequestAborted);
        if (ended is not null)
        {
            SessionCookieHeader.Clear(httpContext);
            Notice.Set(httpContext, "signed_out_" + (Reasons.Contains(ended.Reason, StringComparer.Ordinal) ? ended.Reason : "other"), "/login");
        }

        // Forms of other sites come without our cookies, so that they are not kept.
        if (ended is not null && input is not null)
        {
            KeptForm.Keep(httpContext, input, ended.UserId);
        }

        PageResults.Redirect(
            httpContext, "/login?return_url=" + Uri.EscapeDataString(PageOf(request, input)), status: StatusCodes.Status302Found);
    }

    private static string PageOf(HttpRequest request, FormInput? input)
    {
        if (input is not null)
        {
            return KeptForm.PageOf(request, input);
        }

        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            ? request.Path + request.QueryString.ToString()
            : ReturnAddress.Home;
    }
}
