using Npgsql;
using Patron.Shared.Database;

namespace Patron.Accounts.Users;

/// <summary>
/// Finds members of an organization by their login addresses, proven or not. It runs for every new customer, so it uses SQL without an EF
/// context. Inside a transaction the addresses stay as they are until it ends. For other modules; it does not check access.
/// </summary>
public sealed class AccountsByEmail(DatabaseSession database)
{
    private const string Sql = """
        SELECT u.id, u.number, u.email, u.email_confirmed, u.first_name, u.last_name, u.phone_number, u.taken_over_at
        FROM accounts.users u
        WHERE u.normalized_email = ANY ($1)
            AND EXISTS (SELECT FROM accounts.memberships m WHERE m.organization_id = $2 AND m.user_id = u.id)
        ORDER BY u.id FOR SHARE
        """;

    public Task<List<AccountSummary>> FindAsync(
        Guid organizationId, IReadOnlyCollection<string> normalizedEmails, CancellationToken cancellationToken) =>
        database.OnConnectionAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(Sql, connection);
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. normalizedEmails] });
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = organizationId });
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var found = new List<AccountSummary>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    found.Add(new AccountSummary(
                        reader.GetGuid(0), reader.GetInt64(1), reader.GetString(2), reader.GetBoolean(3), reader.GetString(4),
                        reader.GetString(5),
                        await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetString(6))
                    {
                        TakenOverAt = await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(7),
                    });
                }

                return found;
            },
            cancellationToken);
}
