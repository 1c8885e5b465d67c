using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>The caller's profile, null where they have none, and what is known of their account.</summary>
internal sealed record FoundProfile(Profile? Profile, LoadedAccounts Accounts);

/// <summary>
/// Finds the caller's own record and account. With a separate accounts service, changes of the account since the last call are applied
/// here: a proven address links the record that waits for it in the home organization, and a record from before a takeover is detached
/// (contract, 'Roles of the process'). Where that service is unavailable, the stored record is used.
/// </summary>
public sealed class OwnProfile(
    IAccountDirectory directory, AccountCopies accounts, CustomerStore customers, CustomerLinker linker, WaitingCustomers waiting,
    ChangeRequests requests)
{
    internal static readonly Error Missing = Error.NotFound(
        "profile_not_found", "You don't have a customer profile in this organization. Create one with POST /api/v1/customers/profile/create/.");

    /// <summary>The caller's account. Errors: 401, 403 and 404 as the accounts service answers, 503 where it is unavailable.</summary>
    internal Task<Result<Account>> FindAccountAsync(Caller caller, CancellationToken cancellationToken) =>
        directory.OwnAsync(caller, cancellationToken);

    /// <summary>Errors: 401, 403 and 404 as the accounts service answers; never 503.</summary>
    internal async Task<Result<FoundProfile>> FindAsync(Caller caller, CancellationToken cancellationToken)
    {
        var result = await FindAccountAsync(caller, cancellationToken);
        if (result.Succeeded(out var account, out var failure))
        {
            await ApplyAccountChangesAsync(caller, account, cancellationToken);
        }
        else if (failure.Kind != ErrorKind.Unavailable)
        {
            return failure;
        }

        var loadedAccounts = accounts.FromOwnAccount(caller, account, failure);
        return await FindRecordAsync(caller, cancellationToken) is { IsDeleted: false } own
            ? new FoundProfile(
                await ToProfileAsync(loadedAccounts.AddAccountData(own), account ?? loadedAccounts.Own, cancellationToken), loadedAccounts)
            : new FoundProfile(null, loadedAccounts);
    }

    /// <summary>The record as its owner sees it, with the fields that have an open change request.</summary>
    internal async Task<Profile> ToProfileAsync(Customer customer, Account? account, CancellationToken cancellationToken) =>
        new(customer, account)
        {
            CountedParts = customers.CountedProfileParts,
            PendingChanges = await requests.FindOpenAsync(customer, cancellationToken),
        };

    /// <summary>
    /// Applies changes of the account to the caller's record in the acting organization. Call it outside of a transaction.
    /// </summary>
    internal async Task ApplyAccountChangesAsync(Caller caller, Account account, CancellationToken cancellationToken)
    {
        if (!accounts.MayBeOutdated(account))
        {
            return; // With a shared database the transaction of the proof has done it.
        }

        var own = await FindRecordAsync(caller, cancellationToken);
        var isOutdated = own is not null && (own.EmailVerifiedAt is null || own.LinkedAt <= account.TakenOverAt);
        // In other organizations a waiting record is an offer, which profile/create accepts.
        if (isOutdated || await waiting.HasWaitingHomeRecordAsync(caller, account, cancellationToken))
        {
            await linker.LinkProvenAddressAsync(caller, account, caller.OrganizationId, cancellationToken);
        }
    }

    private Task<Customer?> FindRecordAsync(Caller caller, CancellationToken cancellationToken) =>
        customers.FindByUserAsync(caller, caller.UserId ?? Guid.Empty, cancellationToken);
}

/// <summary>
/// Reads the caller's own profile in the acting organization (source 3). 404 without one or for a deleted one; 403 without an account.
/// </summary>
public sealed class FindProfile(OwnProfile own)
{
    public async Task<Result<Profile>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var result = await own.FindAsync(caller, cancellationToken);
        if (!result.Succeeded(out var found, out var refused))
        {
            return refused;
        }

        return found.Profile is { } profile ? profile : OwnProfile.Missing;
    }
}
