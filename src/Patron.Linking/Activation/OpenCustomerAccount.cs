using Patron.Accounts.Activation;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>The account is open, the record is its own, and the person is signed in.</summary>
public sealed record Activated(SignedIn SignedIn, Customer Customer);

/// <summary>
/// How every door opens the account of a waiting customer: names and hash first, outside of any transaction; then account, link, welcome and
/// session in one transaction, or nothing. Errors: 400 nobody waits, or somebody else was faster; 422 <c>password</c>; 503 too busy.
/// </summary>
public sealed class OpenCustomerAccount(
    ActivationCandidates candidates, FirstPassword passwords, ActivatedAccounts accounts, ActivationWelcome welcome, DatabaseSession database)
{
    private static readonly Error NobodyWaits = Error.Rule(
        "There is no customer record (any more) that waits for this address. Please ask the people who sent you here which address they have.");

    private static readonly Error Changed = Error.Rule("The customer record has changed at this moment. Please try again.");

    /// <summary>
    /// <paramref name="begin"/> begins the transaction: it uses up what the caller came with, or says that it was used already. Where they came with
    /// nothing, the address is believed, not proven.
    /// </summary>
    internal async Task<Result<Activated>> RunAsync(
        Caller caller, string emailKey, bool isProven, string password, Func<Task<Error?>> begin, CancellationToken cancellation)
    {
        var candidate = await candidates.FindAsync(emailKey, cancellation);
        if (candidate.Waiting is not { } waiting || !candidate.MayActivate)
        {
            return candidate.Account is null ? NobodyWaits : ActivatedAccounts.HasAccount;
        }

        // The record's spelling of the address, not what was typed: two that compare alike need not be one mailbox.
        var email = EmailAddress.TryParse(waiting.Details.Email, out var stored) ? stored : throw new InvalidOperationException("A claimed address is not an address.");
        var names = ActivationCandidates.NamesOf(waiting.Details);
        var prepared = await passwords.PrepareAsync(email, names, password, cancellation);
        return prepared.Succeeded(out var user, out var refused)
            ? await database.InTransactionAsync(
                async () => await begin() is { } used
                    ? used
                    : await OpenAsync(caller, user, new NewOwner(email, names, isProven), waiting.Uid, cancellation),
                cancellation)
            : refused;
    }

    private async Task<Result<Activated>> OpenAsync(Caller caller, User prepared, NewOwner owner, Guid expected, CancellationToken cancellation)
    {
        var opened = await accounts.OpenAsync(caller, prepared, owner, cancellation);
        if (!opened.Succeeded(out var user, out var refused))
        {
            return refused;
        }

        // The proof has linked what waited. If that is not the record that was read before, its names are not this account's.
        return await candidates.OwnAsync(user, cancellation) is { IsActive: true } customer && customer.Uid == expected
            ? new Activated(await welcome.StartAsync(caller, user, owner, cancellation), customer)
            : Changed;
    }
}
