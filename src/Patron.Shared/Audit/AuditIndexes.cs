using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Shared.Audit;

/// <summary>
/// Builds the indexes of audit entries by time on the partitions that had entries before migration 0010, one after the other and without
/// blocking writes. Then the index that they replace is dropped.
/// </summary>
public static class AuditIndexes
{
    private static readonly (string Parent, string Suffix, string Columns)[] Indexes =
    [
        ("ix_audit_entries_subject_at", "subject_at", "(subject_id, at, id)"),
        ("ix_audit_entries_organization_at", "organization_at", "(organization_id, at, id)"),
        ("ix_audit_entries_actor_at", "actor_at", "(coalesce(actor_user_id, actor_key_id), at, id)"),
        ("ix_audit_entries_at", "at", "(at, id)"),
    ];

    // A partition without its part of an index, the latest first.
    private const string MissingSql = """
        SELECT c.relname FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid
        WHERE h.inhparent = 'shared.audit_entries'::regclass AND NOT EXISTS (
            SELECT FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid
            WHERE i.inhparent = to_regclass('shared.' || $1) AND x.indrelid = c.oid)
        ORDER BY c.relname DESC LIMIT 1
        """;

    private const string ValidSql = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('shared.' || $1)";

    public static BackgroundMigration Migration { get; } = new("shared.audit_indexes", NextAsync);

    // One index of one partition at a time; a failure, such as a lock that others hold, is repeated later.
    private static async Task<string?> NextAsync(IServiceProvider services, string? position, CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<DatabaseSession>();
        await using var connection = await services.GetRequiredService<DatabasePools>().OpenAloneAsync(cancellationToken);
        foreach (var (parent, suffix, columns) in Indexes)
        {
            var missing = await database.QueryAsync(MissingSql, row => row.Text(), cancellationToken, parent);
            if (missing.Count > 0)
            {
                var child = $"{missing[0]}_{suffix}";
                var isValid = await database.QueryAsync(ValidSql, row => row.Flag(), cancellationToken, child);
                if (isValid is not [true])
                {
                    await ExecuteAsync(connection, $"DROP INDEX CONCURRENTLY IF EXISTS shared.{child}", cancellationToken);
                    await ExecuteAsync(
                        connection, $"CREATE INDEX CONCURRENTLY {child} ON shared.{missing[0]} {columns}", cancellationToken);
                }

                await ExecuteAsync(connection, "SET lock_timeout = '200ms'", cancellationToken);
                await ExecuteAsync(connection, $"ALTER INDEX shared.{parent} ATTACH PARTITION shared.{child}", cancellationToken);
                return child;
            }
        }

        await ExecuteAsync(connection, "SET lock_timeout = '200ms'", cancellationToken);
        await ExecuteAsync(connection, "DROP INDEX IF EXISTS shared.ix_audit_entries_subject", cancellationToken);
        return null;
    }

    // Building an index waits for all older transactions, so it has no timeout.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
