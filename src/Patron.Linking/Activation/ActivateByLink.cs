using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>
/// Opens the account with the link that came by mail (source 4, set-password): 24 hours, once. Errors: 422 by field, 400 link not valid (any
/// more) or passwords differ, and those of <see cref="OpenCustomerAccount"/>.
/// </summary>
public sealed class ActivateByLink(FirstPassword passwords, ActivationChallenges challenges, OpenCustomerAccount open, DatabaseSession database)
{
    public async Task<Result<Activated>> HandleAsync(Caller caller, string? token, string? password, string? confirmation, CancellationToken cancellationToken)
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

        var prepared = await open.PrepareAsync(challenge.EmailKey, password!, isProven: true, cancellationToken);
        if (!prepared.Succeeded(out var activation, out var unprepared))
        {
            return unprepared;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await challenges.TryConsumeAsync(challenge, cancellationToken))
        {
            return ActivationChallenges.Unusable;
        }

        var opened = await open.OpenAsync(caller, activation, cancellationToken);
        return await transaction.CommitAsync(opened, cancellationToken);
    }
}
