using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>The caller's profile as far as accounts could be asked: null where they have none; what is known of their account.</summary>
internal sealed record FoundProfile(Profile? Profile, KnownAccounts Accounts);

/// <summary>
/// The caller's own record and account. Where another service keeps accounts, what happened to this one since the last call is learnt here:
/// a proven address links what waits for it at home, what a stranger had typed before the mailbox's owner came is set aside (contract, 'Roles of
/// the process'). With that service away it is the stored record.
/// </summary>
public sealed class OwnProfile(
    IAccountDirectory directory, CustomerLinks links, ChangeRequests requests, DatabaseSession session, HomeOrganization home)
{
    internal static readonly Error Missing = Error.NotFound(
        "You have no customer profile in this organization. POST /api/v1/customers/profile/create/ makes one.");

    /// <summary>Errors: 401, 403 and 404 as the accounts service says; never 503.</summary>
    internal async Task<Result<FoundProfile>> FindAsync(Caller caller, CancellationToken cancellation)
    {
        var asked = await directory.OwnAsync(caller, cancellation);
        if (asked.Succeeded(out var account, out var failure))
        {
            await LearnAsync(caller, account, cancellation);
        }
        else if (failure.Kind != ErrorKind.Unavailable)
        {
            return failure;
        }

        var accounts = KnownAccounts.OfOwn(caller, directory.KeepsCopies, account, failure);
        return await FindRecordAsync(caller, cancellation) is { Details.IsDeleted: false } own
            ? new FoundProfile(
                new Profile(accounts.Show(own), account ?? accounts.Own) { PendingChanges = await requests.FindOpenAsync(own, cancellation) }, accounts)
            : new FoundProfile(null, accounts);
    }

    /// <summary>Lets the caller's record in the acting organization follow what has become of their account. Outside of a transaction.</summary>
    internal async Task LearnAsync(Caller caller, Account account, CancellationToken cancellation)
    {
        if (directory.KeepsCopies || !account.EmailVerified)
        {
            return; // Where both share a database it was done in the transaction of the proof.
        }

        var own = await FindRecordAsync(caller, cancellation);
        var isBehind = own is not null && (own.EmailVerifiedAt is null || own.LinkedAt <= account.TakenOverAt);
        // Elsewhere what waits is the person's to accept, by profile/create.
        if (isBehind || (caller.OrganizationId == home.Id && (await links.FindWaitingAsync(home.Id, [account.EmailKey], cancellation)).Count > 0))
        {
            await links.ProveAsync(caller, account, caller.OrganizationId, cancellation);
        }
    }

    private Task<Customer?> FindRecordAsync(Caller caller, CancellationToken cancellation) =>
        session.FindByUserAsync(caller, caller.UserId ?? Guid.Empty, cancellation);
}
