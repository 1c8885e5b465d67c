using Microsoft.Extensions.Hosting;
using Npgsql;
using Patron.Shared.Background;
using Patron.Shared.Text;

namespace Patron.Shared.Database;

/// <summary>A column that contains keys of email addresses (<see cref="EmailAddress.Key"/>).</summary>
/// <param name="Kind">The kind of the rows, such as <c>customer</c>.</param>
/// <param name="Id">The <c>uuid</c> column; null if several rows can have the same key, which are then updated together.</param>
public sealed record EmailKeyColumn(string Kind, string Table, string Column, string? Id = null)
{
    internal string Migration => $"{Table}.{Column}";

    internal string SelectSql =>
        $"SELECT {(Id is null ? "DISTINCT ''" : $"{Id}::text")}, {Column} FROM {Table} WHERE octet_length({Column}) <> char_length({Column})";

    internal string UpdateSql => $"UPDATE {Table} SET {Column} = $1 WHERE {Column} = $2" + (Id is null ? "" : $" AND {Id} = $3::uuid");

    internal string IsUnchangedSql =>
        Id is null ? "false" : $"EXISTS (SELECT FROM {Table} r WHERE r.{Id} = c.row_id::uuid AND r.{Column} = c.former_key)";
}

/// <summary>
/// Converts stored keys of email addresses to their current form. Only keys with non-ASCII letters can differ. This runs once per
/// database, at the start and before requests are served. A key that another row already has is recorded as a conflict and retried
/// regularly, until one of the two rows has been changed, merged or erased.
/// </summary>
public sealed class EmailKeys(DatabasePools pools, IEnumerable<EmailKeyColumn> columns, CompletedMigrations finished)
{
    private const string RecordConflictSql = """
        INSERT INTO shared.email_key_conflicts (kind, row_id, former_key, key) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kind, row_id) DO UPDATE SET former_key = excluded.former_key, key = excluded.key
        """;

    /// <summary>Converts all keys, at the start. Several processes may do this at once; a process that was killed starts over.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var pending = columns.Where(column => !finished.Contains(column.Migration)).ToList();
        if (pending.Count == 0)
        {
            return;
        }

        foreach (var column in pending)
        {
            foreach (var (id, former) in await ReadAsync(column.SelectSql, [], cancellationToken))
            {
                await ChangeAsync(column, id, former, cancellationToken);
            }

            await ExecuteAsync(
                "INSERT INTO shared.background_migrations (name, finished_at) VALUES ($1, now()) ON CONFLICT DO NOTHING",
                [new() { Value = column.Migration }], cancellationToken);
        }

        await finished.ReadAsync(cancellationToken);
    }

    /// <summary>Retries the recorded conflicts and deletes those that no longer exist.</summary>
    public async Task RetryAsync(CancellationToken cancellationToken)
    {
        foreach (var column in columns.Where(column => column.Id is not null))
        {
            var kind = new NpgsqlParameter { Value = column.Kind };
            await ExecuteAsync(
                $"DELETE FROM shared.email_key_conflicts c WHERE c.kind = $1 AND NOT {column.IsUnchangedSql}", [kind], cancellationToken);
            foreach (var (id, former) in await ReadAsync("SELECT row_id, former_key FROM shared.email_key_conflicts WHERE kind = $1",
                [kind.Clone()], cancellationToken))
            {
                if (await ChangeAsync(column, id, former, cancellationToken))
                {
                    await ExecuteAsync(
                        "DELETE FROM shared.email_key_conflicts WHERE kind = $1 AND row_id = $2", [kind.Clone(), new() { Value = id }],
                        cancellationToken);
                }
            }
        }
    }

    private async Task<bool> ChangeAsync(EmailKeyColumn column, string id, string former, CancellationToken cancellationToken)
    {
        var key = EmailAddress.TryParse(former, out var address) ? address.Key : null;
        if (key == former)
        {
            return true;
        }

        try
        {
            if (key is not null)
            {
                NpgsqlParameter[] values = [new() { Value = key }, new() { Value = former }, new() { Value = id }];
                await ExecuteAsync(column.UpdateSql, column.Id is null ? values[..2] : values, cancellationToken);
                return true;
            }
        }
        catch (PostgresException exception) when (UniqueViolation.Constraint(exception) is not null)
        {
            // Another row has this key. The conflict is recorded below.
        }

        if (column.Id is not null)
        {
            await ExecuteAsync(
                RecordConflictSql,
                [
                    new() { Value = column.Kind }, new() { Value = id }, new() { Value = former },
                    OptionalParameter.Of(key, NpgsqlTypes.NpgsqlDbType.Text)], cancellationToken);
        }

        return false;
    }

    private async Task ExecuteAsync(string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<(string Id, string Key)>> ReadAsync(string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, values);
        return await command.ReadAllAsync(row => (row.Text(), row.Text()), cancellationToken);
    }

    private NpgsqlCommand Command(string sql, NpgsqlParameter[] values)
    {
        var command = pools.Background.CreateCommand(sql);
        command.CommandTimeout = 0;
        command.Parameters.AddRange(values);
        return command;
    }
}

/// <summary>Retries conflicting keys every minute. There are few or none of them.</summary>
public sealed class EmailKeyConflictRetry(EmailKeys keys, BackgroundLoop loop) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loop.RunAsync("email keys", Interval, keys.RetryAsync, stoppingToken);
}
