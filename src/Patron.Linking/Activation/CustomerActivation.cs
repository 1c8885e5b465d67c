using Patron.Accounts.Activation;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>The activated account, which is signed in, and its customer record.</summary>
public sealed record Activated(SignedIn SignedIn, Customer Customer);

/// <summary>A prepared account with its password hash, and the record to link.</summary>
internal sealed record PreparedActivation(User User, NewOwner Owner, Guid CustomerUid);

/// <summary>
/// The two steps of every activation. <see cref="PrepareAsync"/> runs outside of a transaction, because hashing is slow; <see
/// cref="ActivateAsync"/> runs inside the transaction that consumes the code or link.
/// </summary>
public sealed class CustomerActivation(
    ActivationCandidates candidates, FirstPassword passwords, AccountActivator accounts, ActivationChallenges challenges,
    ActivationMailer mailer, SessionStarter sessions)
{
    private static readonly Error NoCustomer = Error.Rule(
        "no_customer_waiting", "No customer record is waiting for this address. Ask the company which address it has for you.");

    private static readonly Error Changed = Error.Rule("conflict", "The customer record has just changed. Try again.");

    /// <summary>
    /// Finds the unlinked record with the address, and prepares the account's names and hash. <paramref name="isProven"/> is false if the
    /// address was only typed. Errors: 400 no such record, or there is an account; 422 <c>password</c>; 503 too busy.
    /// </summary>
    internal async Task<Result<PreparedActivation>> PrepareAsync(
        Caller caller, string emailKey, string password, bool isProven, CancellationToken cancellationToken)
    {
        var candidate = await candidates.FindAsync(emailKey, cancellationToken);
        if (candidate.Waiting is not { } customer || !candidate.MayActivate)
        {
            return candidate.Account is null ? NoCustomer : AccountActivator.HasAccount;
        }

        // Use the record's spelling of the address, not the typed one: equal keys may still be different mailboxes.
        var email = EmailAddress.TryParse(customer.Email, out var stored)
            ? stored
            : throw new InvalidOperationException("The address of the record is invalid.");
        var names = ActivationCandidates.NamesOf(customer).WithDefaultLanguage(caller.Origin);
        var prepared = await passwords.PrepareAsync(email, names, password, cancellationToken);
        return prepared.Select(user => new PreparedActivation(user, new NewOwner(email, names, isProven), customer.Uid));
    }

    /// <summary>
    /// Creates the account, which links the record, queues the welcome mail and signs the person in. Errors: 400 another request was first.
    /// </summary>
    internal async Task<Result<Activated>> ActivateAsync(Caller caller, PreparedActivation prepared, CancellationToken cancellationToken)
    {
        var owner = prepared.Owner;
        var activated = await accounts.ActivateAsync(caller, prepared.User, owner, cancellationToken);
        if (!activated.Succeeded(out var user, out var refused))
        {
            return refused;
        }

        // The proof has linked a record. If it is not the one of the first step, its names are not those of this account.
        var customer = await candidates.FindLinkedAsync(user, cancellationToken);
        if (customer is not { IsActive: true } || customer.Uid != prepared.CustomerUid)
        {
            return Changed;
        }

        await challenges.EndOthersAsync(owner.Email.Key, cancellationToken);
        await mailer.SendWelcomeAsync(caller, user, customer.GreetingName(user.FirstName), owner.IsProven, cancellationToken);
        return new Activated(await sessions.StartAsync(caller, user, cancellationToken), customer);
    }
}
