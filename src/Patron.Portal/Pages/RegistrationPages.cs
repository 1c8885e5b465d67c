using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Linking;
using Patron.Portal.Http;
using Patron.Portal.Texts;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>
/// The model of the page that verifies an address: the mailed secret, whether the caller is signed in, and whether the submitted form was
/// the one that sets a new password.
/// </summary>
public sealed record VerificationModel(FormState Form, string Token, bool IsSignedIn, bool SetsPassword);

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
        pages.MapGet(
            "/verify-email",
            (string? token, HttpContext http) => ShowVerification(http, FormState.Empty, token ?? "", setsPassword: false));
        pages.MapPost("/verify-email", VerifyAsync).GuardSignIn();
    }

    public static void MapResending(this RouteGroupBuilder pages) => pages.MapPost("/verify-email/resend", ResendAsync);

    private static async Task<IResult> RegisterAsync(
        FormInput input, SignUpCustomer signUp, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var names = new PersonNames(input["first_name"], input["last_name"], input["phone_number"], null);
        var account = new NewAccount(input["email"], names, input["password"])
        {
            MarketingConsent = input.IsOn("marketing_emails") ? ConsentTexts.Of(http, "marketing_emails") : null,
        };
        var result = input.ValidatePassword("first_name", "last_name", "email") is { } refusal
            ? refusal
            : await signUp.HandleAsync(http.Caller(), account, cancellationToken);
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
        var setsPassword = !isSignedIn && input.Has("password_confirmation");
        var password = isSignedIn || setsPassword ? null : input["password"];
        var newPassword = setsPassword ? input["password"] : null;
        var result = Refusal(input, isSignedIn, setsPassword) is { } refusal
            ? refusal
            : await verify.HandleAsync(caller, input["token"].Trim(), password, newPassword, cancellationToken);
        if (result.Error is { } error)
        {
            return ShowVerification(http, FormState.Refused(input, error, RuleField(error)), input["token"], setsPassword, error);
        }

        return PageResults.Redirect(http, isSignedIn ? "/dashboard" : "/login", setsPassword ? "password_set" : "email_confirmed");
    }

    private static Error? Refusal(FormInput input, bool isSignedIn, bool setsPassword)
    {
        if (setsPassword)
        {
            return input.ValidatePassword("token");
        }

        return isSignedIn ? input.ValidateRequired("token") : input.ValidateRequired("token", "password");
    }

    private static string? RuleField(Error error) => error.Kind == ErrorKind.Unauthenticated ? "password" : null;

    private static async Task<IResult> ResendAsync(ResendVerification resend, HttpContext http, CancellationToken cancellationToken) =>
        (await resend.HandleAsync(http.Caller(), cancellationToken)).ToResult(_ => PageResults.Redirect(http, "/dashboard", "mail_sent"));

    private static IResult ShowVerification(HttpContext http, FormState form, string token, bool setsPassword, Error? error = null)
    {
        var model = new VerificationModel(form, token, http.Caller().UserId is not null, setsPassword);
        return error is null
            ? PageResults.Page<VerificationPage, VerificationModel>(model)
            : PageResults.Refused<VerificationPage, VerificationModel>(model, error);
    }
}
