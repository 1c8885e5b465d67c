using Patron.Customers.Accounts;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Merges;

/// <summary>
/// The locked records of a merge: the survivor, and the others in the order of the request. Not stable if something changed before all
/// locks were taken, so that they must be taken again.
/// </summary>
internal sealed record LockedRecords(
    IReadOnlyDictionary<string, Customer> ByName, Customer Survivor, IReadOnlyList<Customer> Others, bool IsStable)
{
    public IReadOnlyList<Customer> All => [Survivor, .. Others];

    /// <summary>The accounts that are disabled: each but the first, in the order of the request, beside the one that stays.</summary>
    public IReadOnlyList<(Guid Losing, Guid Keeping)> RetiredAccounts
    {
        get
        {
            var users = All.Select(record => record.UserId).OfType<Guid>().ToList();
            return [.. users.Skip(1).Select(user => (user, users[0]))];
        }
    }

    public Customer Named(string name) => ByName[name];
}

/// <summary>How many rows each record has that a merge moves, by its uid.</summary>
internal sealed record RecordCounts(Guid Uid, long Addresses, long Offers, long Requests, long Merged);

/// <summary>
/// Locks the records of a merge: their accounts, then the records by ascending number, like everybody who locks several. Counts what
/// belongs to them.
/// </summary>
public sealed class MergePartners(CustomerStore customers, IAccountDirectory accounts, DatabaseSession database)
{
    private const string AbsorbedSql = """
        SELECT uid, customer_id, merged_into FROM customers.absorbed WHERE organization_id = $1 AND (customer_id = ANY ($2) OR uid = ANY ($3))
        """;

    private const string CountSql = """
        SELECT c.uid,
            (SELECT count(*) FROM customers.addresses a WHERE a.organization_id = $1 AND a.customer_uid = c.uid),
            (SELECT count(*) FROM customers.offers o WHERE o.customer_uid = c.uid AND o.state = 'offered'),
            (SELECT count(*) FROM customers.change_requests r WHERE r.customer_uid = c.uid AND r.answer IS NULL),
            (SELECT count(*) FROM customers.absorbed a WHERE a.merged_into = c.uid)
        FROM customers.customers c WHERE c.organization_id = $1 AND c.uid = ANY ($2)
        """;

    /// <summary>404 for the first name without a record, 409 where two names lead to one record.</summary>
    internal async Task<Result<LockedRecords>> LockAsync(Caller caller, MergeNames names, CancellationToken cancellationToken)
    {
        Guid[] users = [.. (await customers.FindUserIdsAsync(caller, names.All, cancellationToken)).OfType<Guid>()];
        await accounts.LockAsync(users, cancellationToken);
        var locked = await customers.LockAllAsync(caller, names.All, cancellationToken);
        var byName = new Dictionary<string, Customer>(StringComparer.Ordinal);
        foreach (var record in locked)
        {
            byName[record.CustomerId] = byName[record.Uid.ToString()] = record;
        }

        // A record that was merged before its lock was taken answers by its survivor.
        foreach (var (uid, customerId, mergedInto) in await FindAbsorbedAsync(caller, names, cancellationToken))
        {
            if (locked.FirstOrDefault(record => record.Uid == mergedInto) is { } survivor)
            {
                byName[customerId] = byName[uid.ToString()] = survivor;
            }
        }

        // One that exists but was not locked was merged, or returned by an undo, meanwhile.
        if (names.All.Any(name => !byName.ContainsKey(name)))
        {
            var missing = await customers.FindMissingAsync(caller, names.All, cancellationToken);
            return missing.Count > 0 ? CustomerAccess.NotFound : Unstable(locked);
        }

        var (survivorRecord, others) = (byName[names.Survivor], names.Others.Select(name => byName[name]).ToList());
        var isOne = others.Prepend(survivorRecord).Select(record => record.Uid).Distinct().Count() <= others.Count;
        if (isOne)
        {
            return AlreadyMerged with { Existing = survivorRecord.CustomerId };
        }

        var isStable = locked.All(record => record.UserId is null || users.Contains(record.UserId.Value));
        return new LockedRecords(byName, survivorRecord, others, isStable);
    }

    /// <summary>Disables the accounts that are merged into another; a preview only checks.</summary>
    internal async Task<Error?> RetireAccountsAsync(
        Caller caller, IReadOnlyList<(Guid Losing, Guid Keeping)> retired, bool isPreview, CancellationToken cancellationToken)
    {
        foreach (var (losing, keeping) in retired)
        {
            if (await accounts.RetireAsync(caller, losing, keeping, isPreview, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>What belongs to the records.</summary>
    internal Task<List<RecordCounts>> CountAsync(LockedRecords found, CancellationToken cancellationToken) => database.QueryAsync(
        CountSql, row => new RecordCounts(row.Uuid(), row.Long(), row.Long(), row.Long(), row.Long()), cancellationToken,
        found.Survivor.OrganizationId, found.All.Select(record => record.Uid).ToArray());

    private static readonly Error AlreadyMerged = Error.Conflict(
        "already_merged",
        "These customers are one already. Nothing was changed. The customer that answers for all of them is named in 'existing'.");

    private static LockedRecords Unstable(IReadOnlyList<Customer> locked) =>
        new(new Dictionary<string, Customer>(), locked is [var first, ..] ? first : new Customer(), [], IsStable: false);

    private Task<List<(Guid Uid, string CustomerId, Guid MergedInto)>> FindAbsorbedAsync(
        Caller caller, MergeNames names, CancellationToken cancellationToken) =>
        database.QueryAsync(
            AbsorbedSql, row => (row.Uuid(), row.Text(), row.Uuid()), cancellationToken, caller.OrganizationId, names.All.ToArray(),
            names.All.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty).ToArray());
}

/// <summary>The limits of a merged record, checked before anything is written.</summary>
internal static class MergeLimits
{
    private static readonly Error TooManyAddresses = Error.Rule(
        "too_many_addresses",
        $"Together these customers have more than {CustomerAddress.MaxPerCustomer} addresses besides the primary one. Remove some first.");

    public static Error? Check(LockedRecords found, IReadOnlyList<RecordCounts> counts, IReadOnlyList<MergePlan> plans)
    {
        var merged = plans[^1].Merged.Record;
        if (CustomerSchema.Tags.Problem(merged, default) is { } problem)
        {
            return Error.Invalid(CustomerSchema.Tags.Name, $"{problem} Together these customers have more. Remove some first.");
        }

        var notes = found.All.Select(record => record.Notes).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (CustomerRules.Text(string.Join("\n\n", notes), CustomerSchema.Notes.MaxLength!.Value, severalLines: true) is { } tooLong)
        {
            return Error.Invalid(CustomerSchema.Notes.Name, $"{tooLong} Together these customers have more. Shorten some first.");
        }

        return counts.Sum(count => count.Addresses) + plans.Count(plan => plan.ExtraAddress is not null) > CustomerAddress.MaxPerCustomer
            ? TooManyAddresses
            : null;
    }
}
