using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Links;

/// <summary>
/// Ties records to accounts, inside the transaction of what happened to either (linking.md). Locks are taken in one order, the account first, then
/// records by ascending number. Every entry point that links, offers or joins records calls this class.
/// </summary>
public sealed class CustomerLinker(CustomerStore customers, CustomerMerger merger, LinkOffers offers, AccountCopies accounts, HomeOrganization home, TimeProvider time)
{
    // A record that is entered between the look and the claim costs another look; three in a row would be a bug.
    private const int MaxLooks = 3;

    /// <summary>
    /// The account has proven its address. What was tied to it before it was taken over is set aside. In the home organization the waiting
    /// record is its own from now on, merged with the one it had; in every other one it is offered. Its own records claim the address.
    /// Answers the organizations in which a waiting record was linked; with <paramref name="only"/> it looks at that one alone.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> ProveAsync(
        Caller caller, Account account, Guid? only, CancellationToken cancellationToken, LinkEvidence evidence = LinkEvidence.EmailProven)
    {
        for (var look = 1; ; look++)
        {
            await using var attempt = await customers.BeginAsync(cancellationToken);
            var proven = await TryProveAsync(caller, account, only, evidence, cancellationToken);
            if ((await attempt.CommitAsync(proven, cancellationToken)).Succeeded(out var linked, out var error))
            {
                return linked;
            }

            if (look == MaxLooks)
            {
                throw new InvalidOperationException($"An address could not be claimed: {error.Detail}");
            }
        }
    }

    /// <summary>The account's names or phone have changed: its records show them at once.</summary>
    public async Task FollowAsync(Caller caller, Account account, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var records = await customers.LockOfAccountAsync(caller, account, organization: null, now, cancellationToken);
        foreach (var customer in records.Where(customer => customer.UserId is not null))
        {
            var entries = Follow(caller, customer, account, now);
            if ((await customers.SaveAsync(customer, entries, cancellationToken)).Error is { } taken)
            {
                throw new InvalidOperationException($"A record could not follow its account: {taken.Detail}");
            }
        }
    }

    /// <summary>The account that has proven the address which staff are about to write on a record, locked; null where the change names none.</summary>
    internal async Task<Account?> LockNewOwnerAsync(Caller caller, CustomerChanges changes, CancellationToken cancellationToken) =>
        caller.IsStaff && EmailAddress.TryParse(changes.ValueOf(CustomerSchema.Email), out var address)
            ? (await accounts.LockOwnersAsync(caller, [address.Key], cancellationToken)).FirstOrDefault(account => account.EmailVerified)
            : null;

    /// <summary>The accounts with these addresses, locked before the records that an import or the sync is about to write.</summary>
    internal Task<IReadOnlyList<Account>> LockOwnersAsync(Caller caller, IEnumerable<string> emailKeys, CancellationToken cancellationToken) =>
        accounts.LockOwnersAsync(caller, emailKeys, cancellationToken);

    /// <summary>Links or offers a saved record that has the owner's address by now and no account; any other stays as it is.</summary>
    internal Task<Result<Customer>> LinkNewOwnerAsync(Caller caller, Customer customer, Account? owner, CancellationToken cancellationToken) =>
        owner is not null && customer.UserId is null && customer.EmailKey == owner.EmailKey
            ? LinkOrOfferAsync(caller, customer, owner, time.GetDatabaseNow(), cancellationToken)
            : Task.FromResult<Result<Customer>>(customer);

    /// <summary>The same for many that an import or the sync has entered or changed.</summary>
    internal async Task LinkOwnersAsync(Caller caller, IReadOnlyList<Account> owners, IReadOnlyCollection<Customer> entered, CancellationToken cancellationToken)
    {
        var byKey = entered.Where(customer => customer.EmailKey is not null).ToLookup(customer => customer.EmailKey!, StringComparer.Ordinal);
        foreach (var owner in owners.Where(owner => owner.EmailVerified && byKey.Contains(owner.EmailKey)))
        {
            await ProveAsync(caller, owner, caller.OrganizationId, cancellationToken);
        }
    }

    /// <summary>
    /// A record was given the address that this account has proven: at home it is the account's from now on, elsewhere it is offered (linking.md,
    /// 'Claim'). Answers the record that stands for it. Errors: 400 for the loser of a race.
    /// </summary>
    internal async Task<Result<Customer>> LinkOrOfferAsync(Caller caller, Customer customer, Account owner, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var records = await customers.LockOfAccountAsync(caller, owner, customer.OrganizationId, now, cancellationToken);
        if (records.All(record => record.Uid != customer.Uid))
        {
            return customer; // Its partner of the ERP has another address: nobody is given it (decision 0013).
        }

        var linked = await LinkOrOfferAsync(caller, records, owner, new LinkGrant(LinkEvidence.EmailProven, caller.UserId), now, cancellationToken);
        return linked.Error is { } refused ? refused : linked.Value ?? customer;
    }

    /// <summary>
    /// Makes one record, the account's, of all of these locked ones; saved. Errors: 400 for the loser of a race, who may look again, and for records of
    /// two accounts.
    /// </summary>
    internal async Task<Result<Customer>> JoinAsync(
        Caller caller, IReadOnlyCollection<Customer> records, Account account, LinkGrant grant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var entries = new List<AuditEntry>();
        var own = records.SingleOrDefault(customer => customer.UserId is not null);
        foreach (var waiting in records.Where(customer => customer.UserId is null).ToList())
        {
            var (stays, absorbed) = own is null ? (waiting, null) : CustomerMerger.Order(waiting, own);
            if (absorbed is not null)
            {
                var merged = await merger.MergeAsync(caller, stays, absorbed, now, cancellationToken);
                if (!merged.Succeeded(out var told, out var refused))
                {
                    return refused;
                }

                entries.AddRange(told);
            }

            if (stays == waiting)
            {
                entries.Add(Link(caller, stays, account, grant, now));
            }

            own = stays;
        }

        entries.AddRange(Follow(caller, own!, account, now));
        own!.ClaimAddress(now);
        var saved = await customers.SaveAsync(own, entries, cancellationToken);
        if (saved.Error is null)
        {
            await accounts.ForgetAsync(own, cancellationToken);
        }

        return saved;
    }

    private async Task<Result<IReadOnlyList<Guid>>> TryProveAsync(
        Caller caller, Account account, Guid? only, LinkEvidence evidence, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var linked = new List<Guid>();
        foreach (var records in (await customers.LockOfAccountAsync(caller, account, only, now, cancellationToken)).GroupBy(customer => customer.OrganizationId))
        {
            var grant = new LinkGrant(evidence, caller.UserId ?? account.UserId);
            var isWaitedFor = records.Any(customer => customer.UserId is null);
            if ((await LinkOrOfferAsync(caller, [.. records], account, grant, now, cancellationToken)).Error is { } refused)
            {
                return refused;
            }

            if (isWaitedFor && records.Key == home.Id)
            {
                linked.Add(records.Key);
            }
        }

        return linked;
    }

    // The records of one organization: the account's own, one that has its proven address, or both. Answers the account's own as it is then.
    private async Task<Result<Customer?>> LinkOrOfferAsync(
        Caller caller, IReadOnlyCollection<Customer> records, Account account, LinkGrant grant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var own = records.SingleOrDefault(customer => customer.UserId is not null);
        var waiting = records.SingleOrDefault(customer => customer.UserId is null);
        if (own is not null && IsFromBeforeTakeover(own, account))
        {
            if ((await SetAsideAsync(caller, own, now, cancellationToken)).Error is { } lost)
            {
                return lost;
            }

            own = null;
        }

        if (waiting is not null && waiting.OrganizationId == home.Id)
        {
            return ToOptional(await JoinAsync(caller, own is null ? [waiting] : [own, waiting], account, grant, now, cancellationToken));
        }

        if (waiting is not null)
        {
            await offers.TryMakeAsync(waiting, account.UserId, OfferNaming.Address, grant.By == account.UserId ? null : grant.By, now, cancellationToken);
        }

        if (own is null)
        {
            return default(Customer);
        }

        var entries = Follow(caller, own, account, now);
        if (waiting is null)
        {
            own.ClaimAddress(now);
        }

        return ToOptional(await customers.SaveAsync(own, entries, cancellationToken));
    }

    private AuditEntry Link(Caller caller, Customer customer, Account account, LinkGrant grant, DateTimeOffset now)
    {
        var before = customer.Copy();
        customer.LinkTo(account, grant, now);
        accounts.Follow(customer, account, now);
        return accounts.EntryFor(
            caller, "customer.linked", before, customer, ("user_id", account.UserId.ToString()), ("evidence", EnumNames<LinkEvidence>.Of(grant.Evidence)));
    }

    // Shows what the account owns as that is now; nothing where it shows that already.
    private IReadOnlyList<AuditEntry> Follow(Caller caller, Customer customer, Account account, DateTimeOffset now)
    {
        if (!accounts.IsBehind(customer, account))
        {
            return [];
        }

        var before = customer.Copy();
        accounts.Follow(customer, account, now);
        return [accounts.EntryFor(caller, "customer.followed_account", before, customer)];
    }

    // Ends the link of a record that was not the mailbox's owner's. Saved first: the account's only place is free then.
    private async Task<Result<Customer>> SetAsideAsync(Caller caller, Customer customer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = customer.Copy();
        customer.SetAside(now);
        return await customers.SaveAsync(customer, [accounts.EntryFor(caller, "customer.set_aside", before, customer, ("was_user_id", before.UserId?.ToString()))], cancellationToken);
    }

    // What was typed at a sign-up that was not the mailbox's owner's. A record that the proven account made afterwards is marked so.
    private static bool IsFromBeforeTakeover(Customer own, Account account) =>
        account.TakenOverAt is { } takenOver && (own.EmailVerifiedAt is null || own.LinkedAt <= takenOver);

    private static Result<Customer?> ToOptional(Result<Customer> result) => result.Error is { } error ? error : result.Value;
}
