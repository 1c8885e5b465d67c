using Patron.Customers.Customers;
using Patron.Customers.Matching;
using Patron.Shared.Database;

namespace Patron.Customers.Duplicates;

/// <summary>
/// Two customers that are probably one: <see cref="Score"/> is the probability. Customers of one cluster are probably one, too; a pair that
/// was found after the last scan has no cluster yet.
/// </summary>
public sealed record DuplicatePair(
    long Id, Guid UidA, Guid UidB, double Score, long? Cluster, DateTimeOffset FoundAt, DateTimeOffset? DismissedAt)
{
    internal const string Columns = "p.id, p.uid_a, p.uid_b, p.score, p.cluster, p.found_at, p.dismissed_at";

    internal static DuplicatePair Read(RowCursor row) => new(
        row.Long(), row.Uuid(), row.Uuid(), row.Number(), row.OptionalLong(), row.Time(), row.OptionalTime());
}

/// <summary>A pair with both customers as they are now, and why they look like one.</summary>
public sealed record ShownDuplicate(DuplicatePair Pair, Customer CustomerA, Customer CustomerB, IReadOnlyList<ComparisonReason> Reasons);

/// <summary>A customer that values which are not stored yet probably belong to, and the probability.</summary>
public sealed record PossibleDuplicate(Customer Customer, double Score, IReadOnlyList<ComparisonReason> Reasons);
