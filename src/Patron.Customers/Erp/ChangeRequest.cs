using Patron.Shared.Database;

namespace Patron.Customers.Erp;

/// <summary>The outcome of a change request.</summary>
public enum ChangeAnswer
{
    /// <summary>The ERP has the requested value.</summary>
    Done,
    Declined,

    /// <summary>The customer has requested another value since.</summary>
    Replaced,

    /// <summary>The customer has withdrawn it.</summary>
    Withdrawn,
}

/// <summary>
/// A customer's request to change a field that the ERP owns (linking.md, 'Ownership'). The field has its API name; a null value empties it;
/// a null answer is still open.
/// </summary>
public sealed record ChangeRequest(
    long Id, Guid OrganizationId, Guid CustomerUid, string Field, string? Value, DateTimeOffset AskedAt, Guid? AskedBy,
    ChangeAnswer? Answer, DateTimeOffset? AnsweredAt)
{
    internal const string Columns =
        "r.id, r.organization_id, r.customer_uid, r.field, r.value, r.asked_at, r.asked_by, r.answer, r.answered_at";

    internal static ChangeRequest Read(RowCursor row) => Read(ref row);

    internal static ChangeRequest Read(ref RowCursor row) => new(
        row.Long(), row.Uuid(), row.Uuid(), row.Text(), row.OptionalText(), row.Time(), row.OptionalUuid(),
        row.OptionalEnumValue<ChangeAnswer>(), row.OptionalTime());
}
