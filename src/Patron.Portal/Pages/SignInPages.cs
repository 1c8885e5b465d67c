using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Portal.Http;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The model of the sign-in page: its form, and where to go afterwards.</summary>
public sealed record SignInModel(FormState Form, string ReturnAddress);

/// <summary>Signs in and out.</summary>
internal static class SignInPages
{
    public static void MapSignIn(this RouteGroupBuilder pages)
    {
        pages.MapGet("/login", (string? return_url, HttpContext http) => http.Caller().UserId is null
            ? PageResults.Page<SignInPage, SignInModel>(new SignInModel(FormState.Empty, ReturnAddress.Sanitize(return_url)))
            : PageResults.Redirect(http, ReturnAddress.Home));
        pages.MapPost("/login", SignInAsync).GuardSignIn();
        pages.MapPost("/logout", SignOutAsync);
    }

    private static async Task<IResult> SignInAsync(
        FormInput input, SignIn signIn, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var returnAddress = ReturnAddress.Sanitize(input["return_url"]);
        var result = input.ValidateRequired("login", "password") is { } missing
            ? missing
            : await signIn.HandleAsync(http.Caller(), input["login"], input["password"], cancellationToken);
        if (!result.Succeeded(out var signedIn, out var error))
        {
            return PageResults.Refused<SignInPage, SignInModel>(
                new SignInModel(FormState.Refused(input, error, "password"), returnAddress), error);
        }

        var session = cookies.For(signedIn);
        SessionCookieHeader.Set(http, session.Value, input.IsOn("remember") ? session.Life : null);
        return PageResults.Redirect(http, returnAddress);
    }

    private static async Task<IResult> SignOutAsync(EndSessions sessions, HttpContext http, CancellationToken cancellationToken)
    {
        await sessions.SignOutAsync(http.Caller(), cancellationToken);
        SessionCookieHeader.Clear(http);
        return PageResults.Redirect(http, "/login", "signed_out");
    }
}
