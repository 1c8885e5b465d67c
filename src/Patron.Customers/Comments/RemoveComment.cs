using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Comments;

/// <summary>
/// Removes a comment, for its author and administrators (403 for other staff); its text stays in the audit entry until the customer is
/// erased. 404 for a customer or comment that the caller cannot see.
/// </summary>
public sealed class RemoveComment(CommentStore comments, DatabaseSession database, TimeProvider time)
{
    private static readonly Error AuthorsOnly = Error.Forbidden(
        "author_required", "Only the author of a comment or an administrator can remove it.");

    /// <summary>Returns the comment as it was.</summary>
    public async Task<Result<CustomerComment>> HandleAsync(
        Caller caller, string reference, Guid comment, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!(await comments.LockAsync(caller, reference, comment, cancellationToken)).Succeeded(out var locked, out var missing))
        {
            return missing;
        }

        var (customer, before) = locked;
        if (!caller.IsAdmin && !before.IsBy(caller))
        {
            return AuthorsOnly;
        }

        var now = time.GetDatabaseNow();
        await comments.RemoveAsync(customer, comment, now, cancellationToken);
        var entry = CustomerComment.EntryFor(caller, "customer.comment_removed", customer, before, after: null, now);
        await database.AddAuditAsync(entry, cancellationToken);
        return await transaction.CommitAsync(before, cancellationToken);
    }
}
