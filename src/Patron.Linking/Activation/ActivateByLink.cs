using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>
/// Activates an account with a mailed link, once, within 24 hours (source 4, set-password). Errors: 422 by field, 400 link not valid or
/// passwords differ, and those of <see cref="CustomerActivation"/>.
/// </summary>
public sealed class ActivateByLink(
    FirstPassword passwords, ActivationChallenges challenges, CustomerActivation customerActivation, DatabaseSession database)
{
    public async Task<Result<Activated>> HandleAsync(
        Caller caller, string? token, string? password, string? confirmation, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(token))
        {
            return Error.Required("token");
        }

        if (passwords.Refusal(password, confirmation) is { } refusal)
        {
            return refusal;
        }

        if (await challenges.FindByLinkAsync(token.Trim(), cancellationToken) is not { } challenge)
        {
            return ActivationChallenges.Unusable;
        }

        var prepared = await customerActivation.PrepareAsync(caller, challenge.EmailKey, password!, isProven: true, cancellationToken);
        if (!prepared.Succeeded(out var activation, out var unprepared))
        {
            return unprepared;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await challenges.TryConsumeAsync(challenge, cancellationToken))
        {
            return ActivationChallenges.Unusable;
        }

        var activated = await customerActivation.ActivateAsync(caller, activation, cancellationToken);
        return await transaction.CommitAsync(activated, cancellationToken);
    }
}
