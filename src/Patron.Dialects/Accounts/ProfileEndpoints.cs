using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>Reads and changes the caller's own account.</summary>
internal static class ProfileEndpoints
{
    public static void MapProfile(this RouteGroupBuilder own)
    {
        own.MapGet("/profile/", GetAsync)
            .Describe("get_account", "Get my account", "The account of the person who is signed in.")
            .Answers<AccountAnswer>(200, "The account.", AccountExamples.Account)
            .Fails(401, 403, 404, 503);
        own.MapPatch("/profile/update/", UpdateAsync)
            .Describe(
                "update_account", "Update my account",
                "What is left out stays. A new email needs current_password and stays pending_email until its mailbox is proven; the old address is told.")
            .TakesExample(AccountExamples.UpdateProfile)
            .Answers<AccountAnswer>(200, "The account as it is now.", AccountExamples.Account)
            .Fails(400, 401, 403, 404, 413, 415, 422, 429, 503);
        own.MapDelete("/email/change/", CancelAsync)
            .Describe(
                "cancel_email_change", "Cancel an email change",
                "Ends the token that was mailed to the new address. Does nothing if no change is pending.")
            .Answers<AccountAnswer>(200, "The account, without a pending address.", AccountExamples.Account)
            .Fails(401, 403, 404, 503);
        own.MapPost("/email/resend/", ResendAsync)
            .Describe("resend_verification", "Resend the confirmation email", "Sends a new token to the address that waits for its confirmation.")
            .Answers<MessageAnswer>(202, "If there's anything to confirm, we've sent an email.", AccountExamples.Message)
            .Fails(401, 403, 404, 429, 503);
    }

    private static async Task<IResult> CancelAsync(CancelEmailChange cancel, HttpContext http, CancellationToken cancellationToken) =>
        (await cancel.HandleAsync(http.Caller(), cancellationToken)).ToOk(account => new AccountAnswer(account.User, account.Role));

    private static async Task<IResult> GetAsync(FindAccount find, HttpContext http, CancellationToken cancellationToken)
    {
        var account = await find.HandleAsync(http.Caller(), cancellationToken);
        return TypedResults.Ok(new AccountAnswer(account.User, account.Role));
    }

    private static async Task<IResult> UpdateAsync(
        UpdateProfileRequest request, UpdateAccount update, HttpContext http, CancellationToken cancellationToken)
    {
        var change = new AccountChange(
            names => new PersonNames(
                request.FirstName.Or(names.FirstName) ?? "",
                request.LastName.Or(names.LastName) ?? "",
                request.PhoneNumber.Or(names.PhoneNumber),
                request.Username.Or(names.UserName))
            {
                Language = request.Language.Or(names.Language),
            },
            request.Email.IsSet ? request.Email.Value ?? "" : null,
            request.CurrentPassword);
        return (await update.HandleAsync(
            http.Caller(), change, cancellationToken)).ToOk(account => new AccountAnswer(account.User, account.Role));
    }

    private static async Task<IResult> ResendAsync(ResendVerification resend, HttpContext http, CancellationToken cancellationToken) =>
        (await resend.HandleAsync(http.Caller(), cancellationToken)).ToResult(
            _ => TypedResults.Accepted((string?)null, new MessageAnswer("If there's anything to confirm, we've sent an email.")));
}
