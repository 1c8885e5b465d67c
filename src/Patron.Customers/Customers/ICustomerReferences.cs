namespace Patron.Customers.Customers;

/// <summary>
/// The port to whoever keeps rows by a customer's <c>uid</c> beside this module's own tables. Called inside the transaction of a merge or an erasure,
/// while the customers' rows are locked and still there.
/// </summary>
public interface ICustomerReferences
{
    /// <summary>The absorbed record's rows are the survivor's from now on.</summary>
    Task MoveAsync(Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken);

    /// <summary>Nothing may be left that tells of these customers.</summary>
    Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken);
}
