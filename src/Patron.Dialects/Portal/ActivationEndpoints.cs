using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Dialects.OpenApi;
using Patron.Linking.Activation;
using Patron.Web.Http;

namespace Patron.Dialects.Portal;

/// <summary>Activation: setting a customer's first password (source 4, 'Backend API Controller').</summary>
internal static class ActivationEndpoints
{
    public static void MapActivation(this RouteGroupBuilder portal)
    {
        var auth = portal.MapGroup("/api/auth").AllowAnonymous();
        auth.MapPost("/check-email/", CheckAsync).GuardSignIn()
            .Describe(
                "check_email", "Check an email address",
                "Whether it can set a first password, or has one. How much strangers hear is a setting; name and account number are null by default. It sends nothing.")
            .TakesExample(ActivationExamples.Email)
            .Answers<CheckEmailAnswer>(200, "What may be known of the address.", ActivationExamples.Checked)
            .Fails(400, 403, 413, 415, 422, 429, 503);
        auth.MapPost("/quick-setup/", QuickSetupAsync).GuardSignUp()
            .Describe(
                "quick_setup", "Set up a password and sign in",
                "For customers who have no account yet. The first call checks the password's form and answers every address alike; where a customer waits, a message with a code goes to the mailbox. The same call with that code and the challenge_id opens the account.")
            .TakesExample(ActivationExamples.QuickSetup)
            .Answers<ActivatedAnswer>(200, "The account is open.", ActivationExamples.Activated)
            .Answers<CodeRequiredAnswer>(202, "The mailbox has to be proven: send the code along.", ActivationExamples.CodeRequired)
            .Fails(400, 403, 413, 415, 422, 429, 503);
        auth.MapPost("/send-setup-link/", SendLinkAsync).GuardSignUp()
            .Describe("send_setup_link", "Send a setup link", "Every address is answered alike.")
            .TakesExample(ActivationExamples.Email)
            .Answers<PortalMessageAnswer>(202, "Where a customer waits, a link goes to the mailbox.", ActivationExamples.Message)
            .Fails(400, 403, 413, 415, 422, 429, 503);
        auth.MapPost("/set-password/", SetPasswordAsync).GuardSignIn()
            .Describe("set_password", "Set a password with a setup link", "It works once, within 24 hours.")
            .TakesExample(ActivationExamples.SetPassword)
            .Answers<ActivatedAnswer>(200, "The account is open.", ActivationExamples.Activated)
            .Fails(400, 403, 413, 415, 422, 429, 503);
    }

    private static async Task<IResult> CheckAsync(
        CheckEmailRequest request, CheckEmail check, HttpContext http, CancellationToken cancellationToken) =>
        (await check.HandleAsync(http.Caller(), request.Email, cancellationToken)).ToOk(CheckEmailAnswer.From);

    private static async Task<IResult> QuickSetupAsync(
        QuickSetupRequest request, QuickSetup setup, HttpContext http, CancellationToken cancellationToken)
    {
        var input = new QuickSetupInput(request.Email, request.Password, request.PasswordConfirmation, request.ChallengeId, request.Code);
        var result = await setup.HandleAsync(http.Caller(), input, cancellationToken);
        return result.ToResult(done => done.Activated is { } activated
            ? TypedResults.Ok(ActivatedAnswer.From(activated))
            : TypedResults.Accepted((string?)null, CodeRequiredAnswer.From(done.Started!)));
    }

    private static async Task<IResult> SendLinkAsync(
        SetupLinkRequest request, SendSetupLink send, HttpContext http, CancellationToken cancellationToken) =>
        (await send.HandleAsync(http.Caller(), request.Email, cancellationToken)).ToResult(_ => TypedResults.Accepted(
            (string?)null, new PortalMessageAnswer(true,
                "If this address belongs to a customer, we've sent an email with a link to it.")));

    private static async Task<IResult> SetPasswordAsync(
        SetPasswordRequest request, ActivateByLink activate, HttpContext http, CancellationToken cancellationToken) =>
        (await activate.HandleAsync(
            http.Caller(), request.Token, request.Password, request.PasswordConfirmation, cancellationToken)).ToOk(ActivatedAnswer.From);
}
