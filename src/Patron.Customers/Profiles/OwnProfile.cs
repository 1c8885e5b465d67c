using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>The caller's profile as far as accounts could be asked: null where they have none; what is known of their account.</summary>
internal sealed record FoundProfile(Profile? Profile, KnownAccounts Accounts);

/// <summary>
/// The caller's own record and account. Where another service keeps accounts, what happened to this one since the last call is learnt here:
/// a proven address links what waits for it at home, what somebody else had typed before the mailbox's owner came is set aside (contract, 'Roles of
/// the process'). With that service away it is the stored record.
/// </summary>
public sealed class OwnProfile(IAccountDirectory directory, AccountCopies accounts, CustomerStore customers, CustomerLinker linker, WaitingCustomers waiting, ChangeRequests requests)
{
    internal static readonly Error Missing = Error.NotFound(
        "You have no customer profile in this organization. POST /api/v1/customers/profile/create/ makes one.");

    /// <summary>The caller's account. Errors: 401, 403 and 404 as the accounts service says, 503 where it is away.</summary>
    internal Task<Result<Account>> FindAccountAsync(Caller caller, CancellationToken cancellationToken) => directory.OwnAsync(caller, cancellationToken);

    /// <summary>Errors: 401, 403 and 404 as the accounts service says; never 503.</summary>
    internal async Task<Result<FoundProfile>> FindAsync(Caller caller, CancellationToken cancellationToken)
    {
        var asked = await FindAccountAsync(caller, cancellationToken);
        if (asked.Succeeded(out var account, out var failure))
        {
            await LearnAsync(caller, account, cancellationToken);
        }
        else if (failure.Kind != ErrorKind.Unavailable)
        {
            return failure;
        }

        var known = accounts.KnowOwn(caller, account, failure);
        return await FindRecordAsync(caller, cancellationToken) is { IsDeleted: false } own
            ? new FoundProfile(await ToProfileAsync(known.Show(own), account ?? known.Own, cancellationToken), known)
            : new FoundProfile(null, known);
    }

    /// <summary>The record as its person sees it, with what waits for staff.</summary>
    internal async Task<Profile> ToProfileAsync(Customer customer, Account? account, CancellationToken cancellationToken) =>
        new(customer, account) { PendingChanges = await requests.FindOpenAsync(customer, cancellationToken) };

    /// <summary>Lets the caller's record in the acting organization follow what has become of their account. Outside of a transaction.</summary>
    internal async Task LearnAsync(Caller caller, Account account, CancellationToken cancellationToken)
    {
        if (!accounts.MayBeBehind(account))
        {
            return; // Where both share a database it was done in the transaction of the proof.
        }

        var own = await FindRecordAsync(caller, cancellationToken);
        var isBehind = own is not null && (own.EmailVerifiedAt is null || own.LinkedAt <= account.TakenOverAt);
        // Elsewhere what waits is the person's to accept, by profile/create.
        if (isBehind || await waiting.IsWaitedForAtHomeAsync(caller, account, cancellationToken))
        {
            await linker.ProveAsync(caller, account, caller.OrganizationId, cancellationToken);
        }
    }

    private Task<Customer?> FindRecordAsync(Caller caller, CancellationToken cancellationToken) =>
        customers.FindByUserAsync(caller, caller.UserId ?? Guid.Empty, cancellationToken);
}
