using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Comments;

/// <summary>
/// Changes the text of a comment, for its author (403 for other staff and administrators); the earlier text stays in the audit entry. 404
/// for a customer or comment that the caller cannot see, 422 for <c>text</c>. Without a difference nothing is written.
/// </summary>
public sealed class ChangeComment(CommentStore comments, DatabaseSession database, TimeProvider time)
{
    private static readonly Error AuthorsOnly = Error.Forbidden("author_required", "Only the author of a comment can change it.");

    public async Task<Result<CustomerComment>> HandleAsync(
        Caller caller, string reference, Guid comment, string? text, CancellationToken cancellationToken)
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
        if (!(await comments.LockAsync(caller, reference, comment, cancellationToken)).Succeeded(out var locked, out var missing))
        {
            return missing;
        }

        var (customer, before) = locked;
        if (!before.IsBy(caller))
        {
            return AuthorsOnly;
        }

        if (before.Text == checkedText)
        {
            return before;
        }

        var now = time.GetDatabaseNow();
        var after = before with { Text = checkedText, EditedAt = now };
        await comments.ChangeAsync(customer, after, cancellationToken);
        var entry = CustomerComment.EntryFor(caller, "customer.comment_changed", customer, before, after, now);
        await database.AddAuditAsync(entry, cancellationToken);
        return await transaction.CommitAsync(after, cancellationToken);
    }
}
