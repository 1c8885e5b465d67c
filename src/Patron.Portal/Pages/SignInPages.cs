using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>The model of the sign-in page: where to go afterwards.</summary>
public sealed record SignInModel(string ReturnAddress);

/// <summary>Signs in and out.</summary>
internal static class SignInPages
{
    public static void MapSignIn(this RouteGroupBuilder pages)
    {
        pages.MapGet("/login", (string? return_url, HttpContext http) => http.Caller().UserId is null
            ? PageResults.Page<SignInPage, SignInModel>(new SignInModel(ReturnAddress.Sanitize(return_url)))
            : PageResults.Redirect(http, ReturnAddress.Home));
        pages.MapPost("/login", SignInAsync).GuardSignIn();
        pages.MapPost("/login/forgot-password", ForgotPassword);
        pages.MapPost("/logout", SignOutAsync);
    }

    /// <summary>Signs a person in who has just set a password, until the browser is closed.</summary>
    public static IResult SignIn(HttpContext http, SessionCookies cookies, SignedIn signedIn, string notice, string address = ReturnAddress.Home)
    {
        SessionCookieHeader.Set(http, cookies.For(signedIn).Value, life: null);
        return PageResults.Redirect(http, address, notice);
    }

    private static async Task<IResult> SignInAsync(
        FormInput input, SignIn signIn, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.ValidateRequired("login", "password") is { } missing
            ? missing
            : await signIn.HandleAsync(http.Caller(), input["login"], input["password"], cancellationToken);
        if (!result.Succeeded(out var signedIn, out var error))
        {
            return PageResults.Refused(http, input, error, "password");
        }

        var session = cookies.For(signedIn);
        SessionCookieHeader.Set(http, session.Value, input.IsOn("remember") ? session.Life : null);
        return PageResults.Redirect(http, ReturnAddress.Sanitize(input["return_url"]));
    }

    // A button of the form instead of a link, so that the typed address goes along.
    private static IResult ForgotPassword(FormInput input, HttpContext http)
    {
        if (input["login"].Contains('@', StringComparison.Ordinal)) // A username is no address to send a link to.
        {
            PasswordPages.FillRequest(http, input["login"]);
        }

        return PageResults.Redirect(http, PasswordPages.RequestPath);
    }

    private static async Task<IResult> SignOutAsync(EndSessions sessions, HttpContext http, CancellationToken cancellationToken)
    {
        await sessions.SignOutAsync(http.Caller(), cancellationToken);
        SessionCookieHeader.Clear(http);
        return PageResults.Redirect(http, "/login", "signed_out");
    }
}
