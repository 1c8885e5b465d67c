using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Linking;
using Patron.Portal.Http;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The model of the page that verifies an address: the mailed secret, and whether the caller is signed in.</summary>
public sealed record VerificationModel(FormState Form, string Token, bool IsSignedIn);

/// <summary>Registers accounts with their customer records, and verifies addresses.</summary>
internal static class RegistrationPages
{
    public static void MapRegistration(this RouteGroupBuilder pages)
    {
        pages.MapGet("/register", (HttpContext http) => http.Caller().UserId is null
            ? PageResults.Page<RegistrationPage, FormState>(FormState.Empty)
            : PageResults.Redirect(http, ReturnAddress.Home));
        pages.MapPost("/register", RegisterAsync).GuardSignUp();
        // GET does not consume the secret, because mail scanners open links.
        pages.MapGet("/verify-email", (string? token, HttpContext http) => ShowVerification(http, FormState.Empty, token ?? ""));
        pages.MapPost("/verify-email", VerifyAsync).GuardSignIn();
    }

    public static void MapResending(this RouteGroupBuilder pages) => pages.MapPost("/verify-email/resend", ResendAsync);

    private static async Task<IResult> RegisterAsync(
        FormInput input, SignUpCustomer signUp, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var names = new PersonNames(input["first_name"], input["last_name"], input["phone_number"], null);
        var result = input.ValidatePassword("first_name", "last_name", "email") is { } refusal
            ? refusal
            : await signUp.HandleAsync(http.Caller(), new NewAccount(input["email"], names, input["password"]), cancellationToken);
        if (!result.Succeeded(out var registered, out var error))
        {
            return PageResults.Refused<RegistrationPage, FormState>(FormState.Refused(input, error, "email"), error);
        }

        if (registered.SignedIn is null)
        {
            return PageResults.Redirect(http, "/login", "registered_privately");
        }

        SessionCookieHeader.Set(http, cookies.For(registered.SignedIn).Value, life: null);
        return PageResults.Redirect(http, "/dashboard", "registered");
    }

    private static async Task<IResult> VerifyAsync(
        FormInput input, VerifyEmail verify, HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        var isSignedIn = caller.UserId is not null;
        var result = (isSignedIn ? input.ValidateRequired("token") : input.ValidatePassword("token")) is { } refusal
            ? refusal
            : await verify.HandleAsync(
                caller, input["token"].Trim(), password: null, isSignedIn ? null : input["password"], cancellationToken);
        return result.Error is { } error
            ? ShowVerification(http, FormState.Refused(input, error), input["token"], error)
            : PageResults.Redirect(http, isSignedIn ? "/dashboard" : "/login", isSignedIn ? "email_confirmed" : "password_set");
    }

    private static async Task<IResult> ResendAsync(ResendVerification resend, HttpContext http, CancellationToken cancellationToken) =>
        (await resend.HandleAsync(http.Caller(), cancellationToken)).ToResult(_ => PageResults.Redirect(http, "/dashboard", "mail_sent"));

    private static IResult ShowVerification(HttpContext http, FormState form, string token, Shared.Results.Error? error = null)
    {
        var model = new VerificationModel(form, token, http.Caller().UserId is not null);
        return error is null
            ? PageResults.Page<VerificationPage, VerificationModel>(model)
            : PageResults.Refused<VerificationPage, VerificationModel>(model, error);
    }
}
