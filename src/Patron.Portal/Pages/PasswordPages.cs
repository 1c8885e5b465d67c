using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Portal.Http;
using Patron.Web.Http;
using Patron.Web.Pages;
using Patron.Web.Texts;

namespace Patron.Portal.Pages;

/// <summary>The model of the page that requests a reset; notices in mails lead to it with the address filled in.</summary>
public sealed record ForgotModel(string? Email);

/// <summary>The model of the page that sets a new password: the mailed secret and its status, or none if it is typed.</summary>
public sealed record ResetModel(string Token, SecretStatus? Status);

/// <summary>Resets passwords and rates new ones.</summary>
internal static class PasswordPages
{
    public const string RequestPath = "/forgot-password";

    public static void MapPasswords(this RouteGroupBuilder pages)
    {
        pages.MapGet(RequestPath, (string? email) => PageResults.Page<ForgotPasswordPage, ForgotModel>(new ForgotModel(email)));
        pages.MapPost(RequestPath, RequestResetAsync).GuardSignUp();
        pages.MapGet("/reset-password", ShowResetAsync);
        pages.MapPost("/reset-password", ResetAsync).GuardSignIn();
        pages.MapPost("/password-strength", Rate).GuardSignIn();
    }

    /// <summary>Fills the form that requests a reset with what was typed at sign-in.</summary>
    public static void FillRequest(HttpContext http, string login) =>
        KeptForm.Keep(http, RequestPath, "forgot", new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = login });

    private static async Task<IResult> RequestResetAsync(
        FormInput input, ForgotPassword forgot, HttpContext http, CancellationToken cancellationToken)
    {
        if (input.ValidateRequired("email") is { } missing)
        {
            return PageResults.Refused(http, input, missing);
        }

        await forgot.HandleAsync(http.Caller(), input["email"], cancellationToken);
        return PageResults.Redirect(http, "/login", "reset_sent");
    }

    private static async Task<IResult> ShowResetAsync(string? token, CheckMailedSecret check, CancellationToken cancellationToken)
    {
        SecretStatus? status = string.IsNullOrWhiteSpace(token)
            ? null
            : await check.HandleAsync(token.Trim(), resetsPassword: true, cancellationToken);
        return PageResults.Page<ResetPasswordPage, ResetModel>(new ResetModel(token ?? "", status));
    }

    private static async Task<IResult> ResetAsync(
        FormInput input, ResetPassword reset, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.ValidateRequired("token") is { } missing
            ? missing
            : await reset.HandleAsync(
                http.Caller(), input["token"].Trim(), input.ReadNewPassword(), signsIn: true, cancellationToken);
        return result.Succeeded(out var proven, out var error)
            ? SignInPages.SignIn(http, cookies, proven.SignedIn!, "password_set")
            : PageResults.Refused(http, input, error, "token");
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
        var texts = PageTexts.Of(httpContext);
        var words = strength.Refusal is { } refusal ? texts.Sentence(refusal) : texts.T($"strength_{strength.Score}");
        return httpContext.Response.WriteAsJsonAsync(new Answer(strength.Score, words), httpContext.RequestAborted);
    }

    private sealed record Answer(int Score, string Words);
}
