namespace Patron.Customers.Customers;

/// <summary>
/// The port for modules that keep rows by a customer's <c>uid</c>. Called inside the transaction of a merge or an erasure, while the
/// customers' rows are locked and not yet deleted.
/// </summary>
public interface ICustomerReferences
{
    /// <summary>Moves the rows of the absorbed record to the survivor.</summary>
    Task MoveAsync(Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken);

    /// <summary>Erases all data about these customers.</summary>
    Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken);
}
