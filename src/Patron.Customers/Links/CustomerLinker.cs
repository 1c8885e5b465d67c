using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Merges;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Links;

/// <summary>
/// Links records to accounts, inside the transaction of the change that causes it (linking.md). Locks are taken in one order: the account
/// first, then records by ascending number. Every entry point that links, offers or merges records calls this class.
/// </summary>
public sealed class CustomerLinker(
    CustomerStore customers, CustomerMerger merger, LinkOffers offers, AccountCopies accounts, HomeOrganization home, TimeProvider time)
{
    // A record that is created between the lookup and the claim requires another attempt; three in a row would be a bug.
    private const int MaxAttempts = 3;

    /// <summary>
    /// Links the records that wait for an address which the account has proven. A record from before a takeover is detached. In the home
    /// organization the waiting record is linked and merged with the account's own one; in any other it is offered. The account's own
    /// records claim the address. Returns the organizations in which a waiting record was linked; <paramref name="only"/> limits it to one
    /// organization.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> LinkProvenAddressAsync(
        Caller caller, Account account, Guid? only, CancellationToken cancellationToken, LinkEvidence evidence = LinkEvidence.EmailProven)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await customers.BeginAsync(cancellationToken);
            var proven = await TryLinkProvenAsync(caller, account, only, evidence, cancellationToken);
            if ((await transaction.CommitAsync(proven, cancellationToken)).Succeeded(out var linked, out var error))
            {
                return linked;
            }

            if (attempt == MaxAttempts)
            {
                throw new InvalidOperationException($"An address could not be claimed: {error.Detail}");
            }
        }
    }

    /// <summary>Withdraws the organization's open offers to this account; to all where it is null.</summary>
    public Task WithdrawOffersAsync(Guid organizationId, Guid? userId, CancellationToken cancellationToken) =>
        offers.WithdrawAsync(organizationId, userId, time.GetDatabaseNow(), cancellationToken);

    /// <summary>Updates the records of an account after its names or phone have changed.</summary>
    public async Task UpdateFromAccountAsync(Caller caller, Account account, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var records = await customers.LockForAccountAsync(caller, account, organization: null, now, cancellationToken);
        foreach (var customer in records.Where(customer => customer.UserId is not null))
        {
            var entries = UpdateFromAccount(caller, customer, account, now);
            if ((await customers.SaveAsync(customer, entries, cancellationToken)).Error is { } taken)
            {
                throw new InvalidOperationException($"A record could not be updated from its account: {taken.Detail}");
            }
        }
    }

    /// <summary>
    /// Locks the account that has proven the address which staff are about to write on a record; null where the change has no address.
    /// </summary>
    internal async Task<Account?> LockNewOwnerAsync(Caller caller, CustomerChanges changes, CancellationToken cancellationToken) =>
        caller.IsStaff && EmailAddress.TryParse(changes.ValueOf(CustomerSchema.Email), out var address)
            ? (await accounts.LockOwnersAsync(caller, [address.Key], cancellationToken)).FirstOrDefault(account => account.EmailVerified)
            : null;

    /// <summary>Locks the accounts with these addresses, before the records that an import or the sync is about to write.</summary>
    internal Task<IReadOnlyList<Account>> LockOwnersAsync(
        Caller caller, IEnumerable<string> emailKeys, CancellationToken cancellationToken) =>
        accounts.LockOwnersAsync(caller, emailKeys, cancellationToken);

    /// <summary>Links or offers a saved record that now has the owner's address and no account; returns any other unchanged.</summary>
    internal Task<Result<Customer>> LinkNewOwnerAsync(
        Caller caller, Customer customer, Account? owner, CancellationToken cancellationToken) =>
        owner is not null && customer.UserId is null && customer.EmailKey == owner.EmailKey
            ? LinkOrOfferAsync(caller, customer, owner, time.GetDatabaseNow(), cancellationToken)
            : Task.FromResult<Result<Customer>>(customer);

    /// <summary>Links or offers many records that an import or the sync has written.</summary>
    internal async Task LinkOwnersAsync(
        Caller caller, IReadOnlyList<Account> owners, IReadOnlyCollection<Customer> written, CancellationToken cancellationToken)
    {
        var byKey = written.Where(customer => customer.EmailKey is not null)
            .ToLookup(customer => customer.EmailKey!, StringComparer.Ordinal);
        foreach (var owner in owners.Where(owner => owner.EmailVerified && byKey.Contains(owner.EmailKey)))
        {
            await LinkProvenAddressAsync(caller, owner, caller.OrganizationId, cancellationToken);
        }
    }

    /// <summary>
    /// Handles a record that was given the address which this account has proven: links it in the home organization, offers it in any other
    /// (linking.md, 'Claim'). Returns the surviving record. Errors: 400 for the loser of a race.
    /// </summary>
    internal async Task<Result<Customer>> LinkOrOfferAsync(
        Caller caller, Customer customer, Account owner, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var records = await customers.LockForAccountAsync(caller, owner, customer.OrganizationId, now, cancellationToken);
        if (records.All(record => record.Uid != customer.Uid))
        {
            return customer; // Its partner of the ERP has another address, so it is not linked (decision 0013).
        }

        var linked = await LinkOrOfferAsync(
            caller, records, owner, new LinkGrant(LinkEvidence.EmailProven, caller.UserId), now, cancellationToken);
        return linked.Error is { } refused ? refused : linked.Value ?? customer;
    }

    /// <summary>
    /// Merges these locked records into one, links it to the account and saves it. Errors: 400 for the loser of a race, who may try again,
    /// and for records of two accounts.
    /// </summary>
    internal async Task<Result<Customer>> MergeAndLinkAsync(
        Caller caller, IReadOnlyCollection<Customer> records, Account account, LinkGrant grant, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var entries = new List<AuditEntry>();
        var own = records.SingleOrDefault(customer => customer.UserId is not null);
        foreach (var waiting in records.Where(customer => customer.UserId is null).ToList())
        {
            var (survivor, absorbed) = own is null ? (waiting, null) : CustomerMerger.Order(waiting, own);
            if (absorbed is not null)
            {
                var merged = await merger.MergeAsync(
                    caller, survivor, absorbed, new MergeOrder(MergeEvidence.Proof), now, cancellationToken);
                if (!merged.Succeeded(out var made, out var refused))
                {
                    return refused;
                }

                entries.AddRange(made.Entries);
            }

            if (survivor == waiting)
            {
                entries.Add(Link(caller, survivor, account, grant, now));
            }

            own = survivor;
        }

        entries.AddRange(UpdateFromAccount(caller, own!, account, now));
        own!.ClaimAddress(now);
        var saved = await customers.SaveAsync(own, entries, cancellationToken);
        if (saved.Error is null)
        {
            await accounts.RemoveAccountDataAsync(own, cancellationToken);
        }

        return saved;
    }

    private async Task<Result<IReadOnlyList<Guid>>> TryLinkProvenAsync(
        Caller caller, Account account, Guid? only, LinkEvidence evidence, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var linked = new List<Guid>();
        foreach (var records in (await customers.LockForAccountAsync(caller, account, only, now, cancellationToken)).GroupBy(customer =>
            customer.OrganizationId))
        {
            var grant = new LinkGrant(evidence, caller.UserId ?? account.UserId);
            var hasWaitingRecord = records.Any(customer => customer.UserId is null);
            if ((await LinkOrOfferAsync(caller, [.. records], account, grant, now, cancellationToken)).Error is { } refused)
            {
                return refused;
            }

            if (hasWaitingRecord && records.Key == home.Id)
            {
                linked.Add(records.Key);
            }
        }

        return linked;
    }

    // Handles the records of one organization: the account's own, one that has its proven address, or both. Returns the account's own
    // record as it is then.
    private async Task<Result<Customer?>> LinkOrOfferAsync(
        Caller caller, IReadOnlyCollection<Customer> records, Account account, LinkGrant grant, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var own = records.SingleOrDefault(customer => customer.UserId is not null);
        var waiting = records.SingleOrDefault(customer => customer.UserId is null);
        if (own is not null && IsFromBeforeTakeover(own, account))
        {
            if ((await DetachAsync(caller, own, now, cancellationToken)).Error is { } lost)
            {
                return lost;
            }

            own = null;
        }

        if (waiting is not null && waiting.OrganizationId == home.Id)
        {
            return ToOptional(
                await MergeAndLinkAsync(caller, own is null ? [waiting] : [own, waiting], account, grant, now, cancellationToken));
        }

        if (waiting is not null)
        {
            await offers.TryCreateAsync(
                waiting, account.UserId, NamedBy.Address, grant.By == account.UserId ? null : grant.By, now, cancellationToken);
        }

        if (own is null)
        {
            return default(Customer);
        }

        var entries = UpdateFromAccount(caller, own, account, now);
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
        accounts.UpdateFromAccount(customer, account, now);
        return accounts.CreateAuditEntry(
            caller, "customer.linked", before, customer, ("user_id", account.UserId.ToString()),
            ("evidence", EnumNames<LinkEvidence>.Of(grant.Evidence)));
    }

    // Updates the account's data on the record, if it differs.
    private IReadOnlyList<AuditEntry> UpdateFromAccount(Caller caller, Customer customer, Account account, DateTimeOffset now)
    {
        if (!accounts.IsOutdated(customer, account))
        {
            return [];
        }

        var before = customer.Copy();
        accounts.UpdateFromAccount(customer, account, now);
        return [accounts.CreateAuditEntry(caller, "customer.followed_account", before, customer)];
    }

    // Ends the link of a record from before a takeover. Saved first, because an account has at most one record in an organization.
    private async Task<Result<Customer>> DetachAsync(
        Caller caller, Customer customer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = customer.Copy();
        customer.Detach(now);
        return await customers.SaveAsync(
            customer,
            [accounts.CreateAuditEntry(caller, "customer.set_aside", before, customer, ("was_user_id", before.UserId?.ToString()))],
            cancellationToken);
    }

    // Whether the record was created before the mailbox's owner took over the account. A record that the proven account created afterwards
    // has a verified address.
    private static bool IsFromBeforeTakeover(Customer own, Account account) =>
        account.TakenOverAt is { } takenOver && (own.EmailVerifiedAt is null || own.LinkedAt <= takenOver);

    private static Result<Customer?> ToOptional(Result<Customer> result) => result.Error is { } error ? error : result.Value;
}
