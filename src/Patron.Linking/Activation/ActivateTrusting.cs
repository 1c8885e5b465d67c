using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>
/// Opens the account of whoever types a customer's address, at once (source 4, quick-setup as printed): only in mode trusting, for closed
/// networks. Nobody who has an account is touched; the mailbox is told. Errors: 422 by field, 400 passwords differ, and those of <see cref="OpenCustomerAccount"/>.
/// </summary>
public sealed class ActivateTrusting(
    FirstPassword passwords, ActivationCandidates candidates, ActivationChallenges challenges, OpenCustomerAccount open, DatabaseSession database,
    PortalOptions options)
{
    private static readonly Error HasPassword = Error.Rule("This account already has a password. Sign in, or set a new one under 'forgot password'.");

    public async Task<Result<Activated>> HandleAsync(Caller caller, string? email, string? password, string? confirmation, CancellationToken cancellationToken)
    {
        if (options.Activation.Mode != ActivationMode.Trusting)
        {
            return Error.Forbidden("A first password needs proof of the mailbox here.");
        }

        if (!passwords.Check(email, password, confirmation).Succeeded(out var address, out var refusal))
        {
            return refusal;
        }

        // Who has a password keeps it, proven or not: nobody has proven anything here.
        if ((await candidates.FindAsync(address.Key, cancellationToken)).Account is { } account)
        {
            return account.PasswordHash is null ? ActivatedAccounts.HasAccount : HasPassword;
        }

        var prepared = await open.PrepareAsync(address.Key, password!, isProven: false, cancellationToken);
        if (!prepared.Succeeded(out var activation, out var unprepared))
        {
            return unprepared;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        await challenges.HoldAsync(address.Key, cancellationToken);
        var opened = await open.OpenAsync(caller, activation, cancellationToken);
        return await transaction.CommitAsync(opened, cancellationToken);
    }
}
