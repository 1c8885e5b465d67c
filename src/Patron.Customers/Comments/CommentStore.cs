using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Comments;

/// <summary>
/// The rows of <c>customers.comments</c>. Whoever writes has locked the customer, so that a merge cannot move them meanwhile.
/// </summary>
public sealed class CommentStore(CustomerStore customers, DatabaseSession database)
{
    private static readonly Error NotFound = Error.NotFound("comment_not_found", "This customer has no comment with this id.");

    private const string InsertSql = """
        INSERT INTO customers.comments (uid, organization_id, customer_uid, origin_uid, author_user_id, author_key_id, text, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string FindSql = $"""
        SELECT {CustomerComment.Columns} FROM customers.comments
        WHERE organization_id = $1 AND customer_uid = $2 AND uid = $3 AND deleted_at IS NULL
        """;

    // Along ix_comments_customer, backwards.
    private const string ListSql = $"""
        SELECT {CustomerComment.Columns} FROM customers.comments
        WHERE organization_id = $1 AND customer_uid = $2 AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT $3
        """;

    internal Task<List<CustomerComment>> ListAsync(Customer customer, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(ListSql, CustomerComment.Read, cancellationToken, customer.OrganizationId, customer.Uid, limit);

    /// <summary>Locks the customer and reads a comment on them. 404 for a customer or comment that the caller cannot see.</summary>
    internal async Task<Result<(Customer Customer, CustomerComment Comment)>> LockAsync(
        Caller caller, string reference, Guid uid, CancellationToken cancellationToken)
    {
        var locked = await customers.LockAsync(caller, reference, expectedVersions: null, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var found = await database.QueryAsync(
            FindSql, CustomerComment.Read, cancellationToken, customer.OrganizationId, customer.Uid, uid);
        return found.Count == 0 ? NotFound : (customer, found[0]);
    }

    /// <summary>Adds a comment with a checked text to a locked customer, with its audit entry.</summary>
    internal async Task<CustomerComment> AddAsync(
        Caller caller, Customer customer, string text, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var added = new CustomerComment(
            Guid.CreateVersion7(now), customer.Uid, caller.UserId, caller.Key?.Id, text, now, EditedAt: null);
        await database.ExecuteAsync(
            InsertSql, cancellationToken, added.Uid, customer.OrganizationId, customer.Uid,
            OptionalParameter.Of(customer.NamedUid, NpgsqlDbType.Uuid), OptionalParameter.Of(added.AuthorUserId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(added.AuthorKeyId, NpgsqlDbType.Uuid), added.Text, added.CreatedAt);
        var entry = CustomerComment.EntryFor(caller, "customer.comment_added", customer, before: null, added, now);
        await database.AddAuditAsync(entry, cancellationToken);
        return added;
    }

    internal Task ChangeAsync(Customer customer, CustomerComment comment, CancellationToken cancellationToken) => database.ExecuteAsync(
        "UPDATE customers.comments SET text = $3, edited_at = $4 WHERE organization_id = $1 AND uid = $2", cancellationToken,
        customer.OrganizationId, comment.Uid, comment.Text, comment.EditedAt!);

    internal Task RemoveAsync(Customer customer, Guid uid, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
        "UPDATE customers.comments SET text = '', deleted_at = $3 WHERE organization_id = $1 AND uid = $2", cancellationToken,
        customer.OrganizationId, uid, now);
}
