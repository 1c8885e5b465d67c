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
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>
/// The model of the page that verifies an address: the mailed secret and its status, or none if it is typed, and whether the caller is
/// signed in.
/// </summary>
public sealed record VerificationModel(string Token, SecretStatus? Status, bool IsSignedIn);

/// <summary>Registers accounts with their customer records, and verifies addresses.</summary>
internal static class RegistrationPages
{
    public static void MapRegistration(this RouteGroupBuilder pages)
    {
        pages.MapGet("/register", (HttpContext http) => http.Caller().UserId is null
            ? PageResults.Page<RegistrationPage, EmptyModel>(EmptyModel.Instance)
            : PageResults.Redirect(http, ReturnAddress.Home));
        pages.MapPost("/register", RegisterAsync).GuardSignUp();
        // GET does not consume the secret, because mail scanners open links.
        pages.MapGet("/verify-email", ShowVerificationAsync);
        pages.MapPost("/verify-email", VerifyAsync).GuardSignIn();
        pages.MapPost("/verify-email/renew", RenewAsync).GuardSignUp();
    }

    public static void MapResending(this RouteGroupBuilder pages) => pages.MapPost("/verify-email/resend", ResendAsync);

    private static async Task<IResult> RegisterAsync(
        FormInput input, SignUpCustomer signUp, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var names = new PersonNames(input["first_name"], input["last_name"], input["phone_number"], null);
        var account = new NewAccount(input["email"], names, input["password"])
        {
            PasswordConfirmation = input["password_confirmation"],
            MarketingConsent = input.IsOn("marketing_emails") ? ConsentTexts.Of(http, "marketing_emails") : null,
        };
        var result = await signUp.HandleAsync(http.Caller(), account, cancellationToken);
        if (!result.Succeeded(out var registered, out var error))
        {
            return PageResults.Refused(http, input, error, "email");
        }

        if (registered.SignedIn is null)
        {
            return PageResults.Redirect(http, "/login", "registered_privately");
        }

        SessionCookieHeader.Set(http, cookies.For(registered.SignedIn).Value, life: null);
        return PageResults.Redirect(http, "/dashboard", "registered");
    }

    private static async Task<IResult> ShowVerificationAsync(
        string? token, CheckMailedSecret check, HttpContext http, CancellationToken cancellationToken)
    {
        SecretStatus? status = string.IsNullOrWhiteSpace(token)
            ? null
            : await check.HandleAsync(token.Trim(), resetsPassword: false, cancellationToken);
        return PageResults.Page<VerificationPage, VerificationModel>(
            new VerificationModel(token ?? "", status, http.Caller().UserId is not null));
    }

    private static async Task<IResult> VerifyAsync(
        FormInput input, VerifyEmail verify, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var isSignedIn = http.Caller().UserId is not null;
        var setsPassword = !isSignedIn && input.Has("password_confirmation");
        var proof = new EmailProof(
            input["token"].Trim(),
            isSignedIn || setsPassword ? null : input["password"],
            setsPassword ? input.ReadNewPassword() : null) { SignsIn = true };
        var missing = isSignedIn || setsPassword ? input.ValidateRequired("token") : input.ValidateRequired("token", "password");
        var result = missing is not null ? missing : await verify.HandleAsync(http.Caller(), proof, cancellationToken);
        if (!result.Succeeded(out var proven, out var error))
        {
            return PageResults.Refused(http, input, error, error.Kind == ErrorKind.Unauthenticated ? "password" : "token");
        }

        return proven.SignedIn is { } signedIn
            ? SignInPages.SignIn(http, cookies, signedIn, "password_set")
            : PageResults.Redirect(http, isSignedIn ? "/dashboard" : "/login", "email_confirmed");
    }

    private static async Task<IResult> RenewAsync(
        FormInput input, ResendVerification resend, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await resend.HandleAsync(http.Caller(), input["token"], cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, http.Caller().UserId is null ? "/login" : "/dashboard", "mail_sent");
    }

    private static async Task<IResult> ResendAsync(ResendVerification resend, HttpContext http, CancellationToken cancellationToken) =>
        (await resend.HandleAsync(http.Caller(), cancellationToken)).ToResult(_ => PageResults.Redirect(http, "/dashboard", "mail_sent"));
}
