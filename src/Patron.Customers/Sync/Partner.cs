using Patron.Customers.Database;

namespace Patron.Customers.Sync;

/// <summary>
/// A partner of the ERP as staff see it: what it says there (a JSON object; null while it has not been read), what has become of it here, why it is skipped,
/// in conflict or in error, and the customer it is tied to. It was read last at <see cref="LastSeenAt"/>; the ERP has had it at the last run unless it is
/// gone.
/// </summary>
public sealed record Partner(
    long PartnerId, PartnerState State, string? Reason, Guid? CustomerUid, string? Facts, DateTimeOffset? WrittenAt, DateTimeOffset FirstSeenAt,
    DateTimeOffset LastSeenAt, bool IsActive)
{
    internal const string Columns = "p.partner_id, p.state, p.reason, p.customer_uid, p.facts, p.written_at, p.first_seen_at, p.last_seen_at, p.is_active";

    internal static Partner Read(RowCursor row) => new(
        row.Long(), row.Word<PartnerState>(), row.OptionalText(), row.OptionalUuid(), row.OptionalText(), row.OptionalTime(), row.Time(), row.Time(), row.Flag());
}
