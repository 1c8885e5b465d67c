using Patron.Shared.Database;

namespace Patron.Customers.Erp;

/// <summary>What became of a customer's request.</summary>
public enum ChangeAnswer
{
    /// <summary>The ERP has the value by now.</summary>
    Done,
    Declined,

    /// <summary>The customer asked for another value since.</summary>
    Replaced,
}

/// <summary>
/// A customer wants a field of theirs changed that the ERP owns: staff change it there, or decline (linking.md, 'Ownership'). The field is named as
/// callers spell it; a value of null wants it empty; an answer of null still waits for staff.
/// </summary>
public sealed record ChangeRequest(
    long Id, Guid OrganizationId, Guid CustomerUid, string Field, string? Value, DateTimeOffset AskedAt, Guid? AskedBy, ChangeAnswer? Answer, DateTimeOffset? AnsweredAt)
{
    internal const string Columns = "r.id, r.organization_id, r.customer_uid, r.field, r.value, r.asked_at, r.asked_by, r.answer, r.answered_at";

    internal static ChangeRequest Read(ref RowCursor row) => new(
        row.Long(), row.Uuid(), row.Uuid(), row.Text(), row.OptionalText(), row.Time(), row.OptionalUuid(), row.OptionalWord<ChangeAnswer>(), row.OptionalTime());
}
