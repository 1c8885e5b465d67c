using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Portal.Http;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The page that sets a new password by the secret from a mail.</summary>
public sealed record ResetModel(FormState Form, string Token);

/// <summary>Getting back in without a password, and how strong a new one is.</summary>
internal static class PasswordPages
{
    public static void MapPasswords(this RouteGroupBuilder pages)
    {
        pages.MapGet("/forgot-password", () => PageResults.Page<ForgottenPage, FormState>(FormState.Fresh));
        pages.MapPost("/forgot-password", ForgetAsync).GuardSignUp();
        pages.MapGet("/reset-password", (string? token) => PageResults.Page<ResetPage, ResetModel>(new ResetModel(FormState.Fresh, token ?? "")));
        pages.MapPost("/reset-password", ResetAsync).GuardSignIn();
        pages.MapPost("/password-strength", Rate).GuardSignIn();
    }

    private static async Task<IResult> ForgetAsync(FormInput input, ForgotPassword forgot, HttpContext http, CancellationToken cancellationToken)
    {
        if (input.Missing("email") is { } missing)
        {
            return PageResults.Refused<ForgottenPage, FormState>(FormState.Refused(input, missing), missing);
        }

        await forgot.HandleAsync(http.Caller(), input["email"], cancellationToken);
        return PageResults.Next(http, "/login", "reset_sent");
    }

    private static async Task<IResult> ResetAsync(FormInput input, ResetPassword reset, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.PasswordRefusal("token") is { } refusal
            ? refusal
            : await reset.HandleAsync(http.Caller(), input["token"].Trim(), input["password"], cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused<ResetPage, ResetModel>(new ResetModel(FormState.Refused(input, error), input["token"]), error)
            : PageResults.Next(http, "/login", "password_set");
    }

    // For the script that shows it while somebody types.
    private static StrengthAnswer Rate(FormInput input, RatePassword rate)
    {
        var names = new PersonNames(input["first_name"], input["last_name"], null, null);
        return new StrengthAnswer(rate.Handle(input["password"], input["email"], names));
    }
}
