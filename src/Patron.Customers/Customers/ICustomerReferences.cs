using Patron.Customers.Erp;

namespace Patron.Customers.Customers;

/// <summary>A row that a merge has moved: its kind, such as <c>invitation</c>, and its id.</summary>
public sealed record MovedRow(string Kind, string Id);

/// <summary>A partner of the ERP that belongs to a record, its address there, and whether it is in conflict because of a merge.</summary>
public sealed record ReferencedPartner(PartnerKey Key, string? EmailKey, bool IsInConflictByMerge);

/// <summary>
/// A record that an undo separates from the survivor. <paramref name="Origins"/> are the record and all that were merged into it,
/// <paramref name="Staying"/> are partners that were theirs and stay, <paramref name="Rows"/> are rows that <see
/// cref="ICustomerReferences.MoveAsync"/> returned for them.
/// </summary>
public sealed record SeparatedRecord(
    Guid OrganizationId, Guid Survivor, Guid Returned, IReadOnlyCollection<Guid> Origins, IReadOnlyCollection<PartnerKey> Staying,
    IReadOnlyCollection<MovedRow> Rows);

/// <summary>
/// The port for modules that keep rows by a customer's <c>uid</c>. Called inside the transaction of a merge, its undo or an erasure, while
/// the customers' rows are locked.
/// </summary>
public interface ICustomerReferences
{
    /// <summary>
    /// Moves the rows of the absorbed record to the survivor, before the absorbed one is deleted. Returns those that do not remember their
    /// record themselves.
    /// </summary>
    Task<IReadOnlyList<MovedRow>> MoveAsync(Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken);

    /// <summary>The partners of the ERP that belong to the record; none for other modules.</summary>
    Task<IReadOnlyList<ReferencedPartner>> FindPartnersAsync(Guid organizationId, Guid customer, CancellationToken cancellationToken);

    /// <summary>Returns rows to a record that is stored again.</summary>
    Task ReturnAsync(SeparatedRecord record, CancellationToken cancellationToken);

    /// <summary>Erases all data about these customers.</summary>
    Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken);
}
