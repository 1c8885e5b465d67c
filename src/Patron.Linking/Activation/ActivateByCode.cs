using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>A code from the mailbox, the challenge it answers, and the first password.</summary>
public sealed record CodeActivation(string? Email, Guid ChallengeId, string? Code, string? Password, string? Confirmation);

/// <summary>
/// Opens the account with the code that came by mail (source 4, quick-setup). Of many at once with one code one succeeds. What an address nobody
/// knows answers is what a wrong code answers. Errors: 422 by field, 400 code wrong or over, 403 the settings want a link, 429 too many wrong
/// codes, and those of <see cref="OpenCustomerAccount"/>.
/// </summary>
public sealed class ActivateByCode(
    FirstPassword passwords, ActivationChallenges challenges, OpenCustomerAccount open, DatabaseSession database, PortalOptions options)
{
    public async Task<Result<Activated>> HandleAsync(Caller caller, CodeActivation input, CancellationToken cancellationToken)
    {
        if (options.Activation.Mode == ActivationMode.Link)
        {
            return StartActivation.ByLinkOnly;
        }

        // Before a try is taken: a slip of the finger costs none.
        if (!passwords.Check(input.Email, input.Password, input.Confirmation).Succeeded(out var email, out var refusal))
        {
            return refusal;
        }

        if (ActivationCodes.Read(input.Code) is not { } code)
        {
            return Error.Invalid("code", $"The code has {options.Activation.CodeDigits} digits; it is in the message that came by mail.");
        }

        var tried = await challenges.TryCodeAsync(input.ChallengeId, email, code, cancellationToken);
        if (!tried.Succeeded(out var challenge, out var wrong))
        {
            return wrong;
        }

        var prepared = await open.PrepareAsync(email.Key, input.Password!, isProven: true, cancellationToken);
        if (!prepared.Succeeded(out var activation, out var unprepared))
        {
            if (unprepared.Kind is ErrorKind.Invalid or ErrorKind.Unavailable)
            {
                await challenges.GiveBackAsync(challenge, cancellationToken);
            }

            return unprepared;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await challenges.TryConsumeAsync(challenge, cancellationToken))
        {
            return ActivationChallenges.CodeEnded;
        }

        var opened = await open.OpenAsync(caller, activation, cancellationToken);
        return await transaction.CommitAsync(opened, cancellationToken);
    }
}
