using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Portal.Http;
using Patron.Portal.Texts;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The model of the page that sets a new password with a mailed secret.</summary>
public sealed record ResetModel(FormState Form, string Token);

/// <summary>Resets passwords and rates new ones.</summary>
internal static class PasswordPages
{
    public static void MapPasswords(this RouteGroupBuilder pages)
    {
        pages.MapGet("/forgot-password", () => PageResults.Page<ForgotPasswordPage, FormState>(FormState.Empty));
        pages.MapPost("/forgot-password", RequestResetAsync).GuardSignUp();
        pages.MapGet(
            "/reset-password",
            (string? token) => PageResults.Page<ResetPasswordPage, ResetModel>(new ResetModel(FormState.Empty, token ?? "")));
        pages.MapPost("/reset-password", ResetAsync).GuardSignIn();
        pages.MapPost("/password-strength", Rate).GuardSignIn();
    }

    private static async Task<IResult> RequestResetAsync(
        FormInput input, ForgotPassword forgot, HttpContext http, CancellationToken cancellationToken)
    {
        if (input.ValidateRequired("email") is { } missing)
        {
            return PageResults.Refused<ForgotPasswordPage, FormState>(FormState.Refused(input, missing), missing);
        }

        await forgot.HandleAsync(http.Caller(), input["email"], cancellationToken);
        return PageResults.Redirect(http, "/login", "reset_sent");
    }

    private static async Task<IResult> ResetAsync(
        FormInput input, ResetPassword reset, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.ValidatePassword("token") is { } refusal
            ? refusal
            : await reset.HandleAsync(http.Caller(), input["token"].Trim(), input["password"], cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused<ResetPasswordPage, ResetModel>(new ResetModel(FormState.Refused(input, error), input["token"]), error)
            : PageResults.Redirect(http, "/login", "password_set");
    }

    // Called by the script while the user types.
    private static StrengthResult Rate(FormInput input, RatePassword rate)
    {
        var names = new PersonNames(input["first_name"], input["last_name"], null, null);
        return new StrengthResult(rate.Handle(input["password"], input["email"], names));
    }
}

/// <summary>The strength of a password as a score and a text: <c>{"score": 0..4, "words": "..."}</c>.</summary>
internal sealed class StrengthResult(PasswordStrength strength) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var texts = new PortalTexts(Language.Of(httpContext));
        var words = strength.Refusal is { } refusal ? texts.Sentence(refusal) : texts.T($"strength_{strength.Score}");
        return httpContext.Response.WriteAsJsonAsync(new Answer(strength.Score, words), httpContext.RequestAborted);
    }

    private sealed record Answer(int Score, string Words);
}
