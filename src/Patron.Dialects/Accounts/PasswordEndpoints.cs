using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Passwords;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>Changes and resets passwords.</summary>
internal static class PasswordEndpoints
{
    public static void MapPasswords(this RouteGroupBuilder auth)
    {
        auth.MapPost("/password/change/", ChangeAsync).RequireAuthorization(CallerAuthentication.People).GuardSignIn()
            .Describe("change_password", "Change my password", "Needs the current one, and ends every other session.")
            .TakesExample(AccountExamples.ChangePassword)
            .AnswersNothing(204, "The password is changed.")
            .Fails(400, 401, 403, 404, 413, 415, 422, 429, 503);
        auth.MapPost("/password/forgot/", ForgotAsync).AllowAnonymous().GuardSignUp()
            .Describe("forgot_password", "Request a password reset", "Every address is answered alike, known or not.")
            .TakesExample(AccountExamples.Forgot)
            .Answers<MessageAnswer>(202, "If there is an account with this address, its mailbox gets a token.", AccountExamples.Message)
            .Fails(400, 403, 413, 415, 422, 429, 503);
        auth.MapPost("/password/reset/", ResetAsync).AllowAnonymous().GuardSignIn()
            .Describe("reset_password", "Reset a password", "Takes the token from the mail, once, within an hour. Every session ends.")
            .TakesExample(AccountExamples.ResetPassword)
            .AnswersNothing(204, "The password is set; sign in with it.")
            .Fails(400, 403, 413, 415, 422, 429, 503);
    }

    private static async Task<IResult> ChangeAsync(
        ChangePasswordRequest request, ChangePassword change, HttpContext http, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.CurrentPassword))
        {
            return Answers.Problem(Error.Required("current_password"));
        }

        return Passwords.Refusal(request.Password1, request.Password2) is { } refusal
            ? Answers.Problem(refusal)
            : (await change.HandleAsync(
                http.Caller(), request.CurrentPassword, new NewPassword(request.Password1!),
                cancellationToken)).ToNoContent(Passwords.FieldNames);
    }

    private static async Task<IResult> ForgotAsync(
        ForgotPasswordRequest request, ForgotPassword forgot, HttpContext http, CancellationToken cancellationToken)
    {
        await forgot.HandleAsync(http.Caller(), request.Email, cancellationToken);
        return TypedResults.Accepted(
            (string?)null, new MessageAnswer("If an account exists for this address, we've sent an email to it."));
    }

    private static async Task<IResult> ResetAsync(
        ResetPasswordRequest request, ResetPassword reset, HttpContext http, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Token))
        {
            return Answers.Problem(Error.Required("token"));
        }

        return Passwords.Refusal(request.Password1, request.Password2) is { } refusal
            ? Answers.Problem(refusal)
            : (await reset.HandleAsync(
                http.Caller(), request.Token, new NewPassword(request.Password1!), signsIn: false,
                cancellationToken)).ToNoContent(Passwords.FieldNames);
    }
}
