using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Comments;

/// <summary>
/// The comments on a customer, newest first, at most <see cref="MaxComments"/>; the timeline has all. For staff and keys with
/// <c>customers:read</c> (403 for others, also for the customer). 404 for a record that the caller cannot see.
/// </summary>
public sealed class ListComments(CustomerStore customers, CommentStore comments)
{
    public const int MaxComments = 500;

    public async Task<Result<IReadOnlyList<CustomerComment>>> HandleAsync(
        Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        return await customers.FindByIdAsync(caller, reference, cancellationToken) is { } customer
            ? await comments.ListAsync(customer, MaxComments, cancellationToken)
            : CustomerAccess.NotFound;
    }
}
