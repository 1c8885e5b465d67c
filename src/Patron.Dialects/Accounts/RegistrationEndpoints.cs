using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>Registration and email verification.</summary>
internal static class RegistrationEndpoints
{
    public static void MapRegistration(this RouteGroupBuilder auth)
    {
        auth.MapPost("/register/", RegisterAsync).AllowAnonymous().GuardSignUp()
            .Describe(
                "register", "Create an account",
                "Makes the person a customer of the home organization and signs them in. The mailbox gets a token for /api/auth/email/verify/.")
            .TakesExample(AccountExamples.Register)
            .Answers<RegisteredAnswer>(201, "The account and its tokens.", AccountExamples.Registered)
            .Answers<MessageAnswer>(202, "Where registration is private: the mailbox is told the rest.", AccountExamples.Message)
            .Fails(400, 403, 413, 415, 422, 429, 503);
        auth.MapPost("/email/verify/", VerifyAsync).AllowAnonymous().GuardSignIn()
            .Describe(
                "verify_email", "Verify an email address",
                "Takes the token from the mail, together with the account's session or its password. A person who has neither sets a new password with password1 and password2; then everything the address was registered with before ends.")
            .TakesExample(AccountExamples.VerifyEmail)
            .Answers<AccountAnswer>(200, "The account, its email proven.", AccountExamples.Account)
            .Fails(400, 401, 403, 413, 415, 422, 429, 503);
    }

    private static async Task<IResult> RegisterAsync(
        RegisterRequest request, RegisterUser register, HttpContext http, CancellationToken cancellationToken)
    {
        if (request.Password1 != request.Password2)
        {
            return Answers.Problem(Passwords.Differ);
        }

        var names = new PersonNames(request.FirstName ?? "", request.LastName ?? "", request.PhoneNumber, request.Username)
        {
            Language = request.Language,
        };
        var result = await register.HandleAsync(
            http.Caller(), new NewAccount(request.Email ?? "", names, request.Password1 ?? ""), cancellationToken);
        return result.ToResult(
            registration => registration.SignedIn is { } signedIn
                ? TypedResults.Created("/api/auth/profile/", new RegisteredAnswer(signedIn))
                : TypedResults.Accepted(
                    (string?)null, new MessageAnswer("Check your inbox for the next step.")),
            Passwords.FieldNames);
    }

    private static async Task<IResult> VerifyAsync(
        VerifyEmailRequest request, VerifyEmail verify, HttpContext http, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Token))
        {
            return Answers.Problem(Error.Required("token"));
        }

        if (request.Password1 is not null && Passwords.Refusal(request.Password1, request.Password2) is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        var newPassword = request.Password1 is null ? null : new NewPassword(request.Password1);
        var result = await verify.HandleAsync(
            http.Caller(), new EmailProof(request.Token, request.Password, newPassword), cancellationToken);
        return result.ToOk(proven => new AccountAnswer(proven.Account.User, proven.Account.Role), Passwords.FieldNames);
    }
}

/// <summary>Compares passwords that are given twice, as in source 3.</summary>
internal static class Passwords
{
    /// <summary>Errors of the core's password field are reported for <c>password1</c>.</summary>
    public static readonly IReadOnlyDictionary<string, string> FieldNames = new Dictionary<string, string>(
        StringComparer.Ordinal) { ["password"] = "password1" };

    public static readonly Error Differ = Error.Rule("passwords_differ", "The passwords don't match.");

    public static Error? Refusal(string? password1, string? password2)
    {
        if (string.IsNullOrEmpty(password1))
        {
            return Error.Required("password1");
        }

        return password1 == password2 ? null : Differ;
    }
}
