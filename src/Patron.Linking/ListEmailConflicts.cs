using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Two records (<c>customer</c>) or accounts (<c>user</c>) whose addresses are the same mailbox in two spellings of its domain.
/// <c>OtherId</c> is null if the address is invalid by today's rules.
/// </summary>
public sealed record EmailConflict(string Kind, string Id, string Email, string? OtherId, string? OtherEmail, DateTimeOffset FoundAt,
    Guid RowId);

/// <summary>
/// Lists the conflicts of email keys that <see cref="EmailKeys"/> left for staff to resolve, oldest first: records of the acting
/// organization, for its staff and API keys with <c>customers:read</c> (403 for others); for administrators also accounts. Changing or
/// merging one of the two removes the entry.
/// </summary>
public sealed class ListEmailConflicts(DatabaseSession database)
{
    private const int MaxRows = 1000;

    private const string Sql = """
        SELECT c.kind, r.customer_id, r.email, o.customer_id, o.email, c.found_at, r.uid
        FROM shared.email_key_conflicts c
        JOIN customers.customers r ON c.kind = 'customer' AND r.uid = c.row_id::uuid AND r.email_key = c.former_key
        LEFT JOIN customers.customers o ON o.email_key = c.key AND o.organization_id = r.organization_id AND o.claim = 'claimed'
        WHERE r.organization_id = $1 AND (c.key IS NULL OR o.uid IS NOT NULL)
        UNION ALL
        SELECT c.kind, r.id::text, r.email, o.id::text, o.email, c.found_at, r.id
        FROM shared.email_key_conflicts c
        JOIN accounts.users r ON c.kind = 'user' AND r.id = c.row_id::uuid AND r.normalized_email = c.former_key
        LEFT JOIN accounts.users o ON o.normalized_email = c.key
        WHERE $2 AND (c.key IS NULL OR o.id IS NOT NULL)
        ORDER BY 6, 2 LIMIT $3
        """;

    public async Task<Result<IReadOnlyList<EmailConflict>>> HandleAsync(Caller caller, CancellationToken cancellationToken) =>
        CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused
            ? refused
            : await database.QueryAsync(
                Sql, row =>
                    new EmailConflict(row.Text(), row.Text(), row.Text(), row.OptionalText(), row.OptionalText(), row.Time(), row.Uuid()),
                    cancellationToken,
                caller.OrganizationId, caller.IsAdmin, MaxRows);
}
