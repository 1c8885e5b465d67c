using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>
/// Activates an account for a typed address at once, without proof (source 4, quick-setup as printed): only in mode trusting, for closed
/// networks. Existing accounts do not change; the mailbox gets a notice. Errors: 422 by field, 400 passwords differ, and those of <see
/// cref="CustomerActivation"/>.
/// </summary>
public sealed class ActivateWithoutProof(
    FirstPassword passwords, ActivationCandidates candidates, ActivationChallenges challenges, CustomerActivation customerActivation,
    DatabaseSession database,
    PortalOptions options)
{
    private static readonly Error HasPassword = Error.Rule(
        "account_exists", "You've already set a password. Sign in or reset it.");

    public async Task<Result<Activated>> HandleAsync(
        Caller caller, string? email, string? password, string? confirmation, CancellationToken cancellationToken)
    {
        if (options.Activation.Mode != ActivationMode.Trusting)
        {
            return Error.Forbidden("proof_required", "Confirm your email address to set a first password.");
        }

        if (!passwords.Check(email, password, confirmation).Succeeded(out var address, out var refusal))
        {
            return refusal;
        }

        // An existing account keeps its password, even if its address is unproven, because this request proves nothing.
        if ((await candidates.FindAsync(address.Key, cancellationToken)).Account is { } account)
        {
            return account.PasswordHash is null ? AccountActivator.HasAccount : HasPassword;
        }

        var prepared = await customerActivation.PrepareAsync(caller, address.Key, password!, isProven: false, cancellationToken);
        if (!prepared.Succeeded(out var activation, out var unprepared))
        {
            return unprepared;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        await challenges.LockAsync(address.Key, cancellationToken);
        var activated = await customerActivation.ActivateAsync(caller, activation, cancellationToken);
        return await transaction.CommitAsync(activated, cancellationToken);
    }
}
