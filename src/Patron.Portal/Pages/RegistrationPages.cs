using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Linking;
using Patron.Portal.Http;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The page that proves a mailbox: the secret from the mail, and whether somebody is signed in.</summary>
public sealed record VerificationModel(FormState Form, string Token, bool IsSignedIn);

/// <summary>Opening an account, which makes its customer record too, and proving its mailbox.</summary>
internal static class RegistrationPages
{
    public static void MapRegistration(this RouteGroupBuilder pages)
    {
        pages.MapGet("/register", (HttpContext http) => http.Caller().UserId is null
            ? PageResults.Page<RegistrationPage, FormState>(FormState.Fresh)
            : PageResults.Next(http, ReturnAddress.Home));
        pages.MapPost("/register", RegisterAsync).GuardSignUp();
        // Looking at the page uses nothing up: programs that read mail open links, too.
        pages.MapGet("/verify-email", (string? token, HttpContext http) => ShowVerification(http, FormState.Fresh, token ?? ""));
        pages.MapPost("/verify-email", VerifyAsync).GuardSignIn();
    }

    public static void MapResending(this RouteGroupBuilder personal) => personal.MapPost("/verify-email/resend", ResendAsync);

    private static async Task<IResult> RegisterAsync(
        FormInput input, SignUpCustomer signUp, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var names = new PersonNames(input["first_name"], input["last_name"], input["phone_number"], null);
        var result = input.PasswordRefusal("first_name", "last_name", "email") is { } refusal
            ? refusal
            : await signUp.HandleAsync(http.Caller(), new NewAccount(input["email"], names, input["password"]), cancellationToken);
        if (!result.Succeeded(out var registered, out var error))
        {
            return PageResults.Refused<RegistrationPage, FormState>(FormState.Refused(input, error, "email"), error);
        }

        if (registered.SignedIn is null)
        {
            return PageResults.Next(http, "/login", "registered_privately");
        }

        SessionCookieHeader.Set(http, cookies.For(registered.SignedIn).Value, life: null);
        return PageResults.Next(http, "/dashboard", "registered");
    }

    private static async Task<IResult> VerifyAsync(FormInput input, VerifyEmail verify, HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        var isSignedIn = caller.UserId is not null;
        var result = (isSignedIn ? input.Missing("token") : input.PasswordRefusal("token")) is { } refusal
            ? refusal
            : await verify.HandleAsync(caller, input["token"].Trim(), password: null, isSignedIn ? null : input["password"], cancellationToken);
        return result.Error is { } error
            ? ShowVerification(http, FormState.Refused(input, error), input["token"], error)
            : PageResults.Next(http, isSignedIn ? "/dashboard" : "/login", isSignedIn ? "email_confirmed" : "password_set");
    }

    private static async Task<IResult> ResendAsync(ResendVerification resend, HttpContext http, CancellationToken cancellationToken) =>
        (await resend.HandleAsync(http.Caller(), cancellationToken)).ToResult(_ => PageResults.Next(http, "/dashboard", "mail_sent"));

    private static IResult ShowVerification(HttpContext http, FormState form, string token, Shared.Results.Error? error = null)
    {
        var model = new VerificationModel(form, token, http.Caller().UserId is not null);
        return error is null ? PageResults.Page<VerificationPage, VerificationModel>(model) : PageResults.Refused<VerificationPage, VerificationModel>(model, error);
    }
}
