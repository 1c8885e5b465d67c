using Patron.Accounts.Activation;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>The account is open, the record is its own, and the person is signed in.</summary>
public sealed record Activated(SignedIn SignedIn, Customer Customer);

/// <summary>An account that is ready to be opened, with its hash, and the record that waits for it.</summary>
internal sealed record PreparedActivation(User User, NewOwner Owner, Guid CustomerUid);

/// <summary>
/// The two steps that every activation shares. <see cref="PrepareAsync"/> comes first, outside of any transaction, because hashing takes its time;
/// <see cref="OpenAsync"/> runs inside the transaction that has used up what the person came with.
/// </summary>
public sealed class OpenCustomerAccount(
    ActivationCandidates candidates, FirstPassword passwords, ActivatedAccounts accounts, ActivationChallenges challenges, ActivationPost post, SessionStart sessions)
{
    private static readonly Error NobodyWaits = Error.Rule(
        "There is no customer record (any more) that waits for this address. Please ask the people who sent you here which address they have.");

    private static readonly Error Changed = Error.Rule("The customer record has changed at this moment. Please try again.");

    /// <summary>
    /// Finds the record that waits for the address, and makes its account's names and hash. <paramref name="isProven"/> is false where the address was
    /// only typed. Errors: 400 nobody waits, or there is an account; 422 <c>password</c>; 503 too busy.
    /// </summary>
    internal async Task<Result<PreparedActivation>> PrepareAsync(string emailKey, string password, bool isProven, CancellationToken cancellationToken)
    {
        var candidate = await candidates.FindAsync(emailKey, cancellationToken);
        if (candidate.Waiting is not { } waiting || !candidate.MayActivate)
        {
            return candidate.Account is null ? NobodyWaits : ActivatedAccounts.HasAccount;
        }

        // The record's spelling of the address, not what was typed: two that compare alike need not be one mailbox.
        var email = EmailAddress.TryParse(waiting.Email, out var stored) ? stored : throw new InvalidOperationException("A claimed address is not an address.");
        var names = ActivationCandidates.NamesOf(waiting);
        var prepared = await passwords.PrepareAsync(email, names, password, cancellationToken);
        return prepared.Select(user => new PreparedActivation(user, new NewOwner(email, names, isProven), waiting.Uid));
    }

    /// <summary>Opens the account, which links the record, welcomes the person and signs them in. Errors: 400 somebody else was faster.</summary>
    internal async Task<Result<Activated>> OpenAsync(Caller caller, PreparedActivation prepared, CancellationToken cancellationToken)
    {
        var owner = prepared.Owner;
        var opened = await accounts.OpenAsync(caller, prepared.User, owner, cancellationToken);
        if (!opened.Succeeded(out var user, out var refused))
        {
            return refused;
        }

        // The proof has linked what waited. If that is not the record that was read before, its names are not this account's.
        var customer = await candidates.OwnAsync(user, cancellationToken);
        if (customer is not { IsActive: true } || customer.Uid != prepared.CustomerUid)
        {
            return Changed;
        }

        await challenges.EndOthersAsync(owner.Email.Key, cancellationToken);
        await post.WelcomeAsync(caller, user, customer.GreetingName(user.FirstName), owner.IsProven, cancellationToken);
        return new Activated(await sessions.StartAsync(caller, user, cancellationToken), customer);
    }
}
