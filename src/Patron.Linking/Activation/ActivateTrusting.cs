using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>
/// Opens the account of whoever types a customer's address, at once (source 4, quick-setup as printed): only in mode trusting, for closed
/// networks. Nobody who has an account is touched; the mailbox is told. Errors: 422 by field, 400 passwords differ, and those of <see cref="OpenCustomerAccount"/>.
/// </summary>
public sealed class ActivateTrusting(
    FirstPassword passwords, ActivationCandidates candidates, ActivationChallenges challenges, OpenCustomerAccount open, PortalOptions options)
{
    public async Task<Result<Activated>> HandleAsync(Caller caller, string? email, string? password, string? confirmation, CancellationToken cancellation)
    {
        if (options.Activation.Mode != ActivationMode.Trusting)
        {
            return Error.Forbidden("A first password needs proof of the mailbox here.");
        }

        if (passwords.Refusal(email, password, confirmation) is { } refusal)
        {
            return refusal;
        }

        var address = EmailAddress.TryParse(email, out var parsed) ? parsed : throw new InvalidOperationException("A checked address is not one.");

        // Who has a password keeps it, proven or not: nobody has proven anything here.
        return (await candidates.FindAsync(address.Key, cancellation)).Account is { } account
            ? account.PasswordHash is null ? ActivatedAccounts.HasAccount : ActivatedAccounts.HasPassword
            : await open.RunAsync(
                caller, address, isProven: false, password!,
                async () =>
                {
                    await challenges.HoldAsync(address.Key, cancellation);
                    return null;
                },
                cancellation);
    }
}
