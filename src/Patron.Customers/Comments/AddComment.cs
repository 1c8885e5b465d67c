using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Comments;

/// <summary>
/// Adds a comment to a customer, for staff and keys with <c>customers:write</c> (403 for others). The record and its version stay as they
/// are. 404 for a record that the caller cannot see, 422 for <c>text</c>.
/// </summary>
public sealed class AddComment(CustomerStore customers, CommentStore comments, DatabaseSession database, TimeProvider time)
{
    /// <summary>Null if the caller may comment on this customer, else the error.</summary>
    public async Task<Error?> RefusalAsync(Caller caller, string reference, CancellationToken cancellationToken) =>
        CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers)
        ?? (await customers.FindByIdAsync(caller, reference, cancellationToken) is null ? CustomerAccess.NotFound : null);

    public async Task<Result<CustomerComment>> HandleAsync(
        Caller caller, string reference, string? text, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (!CustomerComment.Check(text).Succeeded(out var checkedText, out var invalid))
        {
            return invalid;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, reference, expectedVersions: null, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var added = await comments.AddAsync(caller, customer, checkedText, time.GetDatabaseNow(), cancellationToken);
        return await transaction.CommitAsync(added, cancellationToken);
    }
}
