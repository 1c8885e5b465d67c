using Microsoft.Extensions.Hosting;
using Npgsql;
using Patron.Shared.Background;
using Patron.Shared.Text;

namespace Patron.Shared.Database;

/// <summary>A column that holds keys of e-mail addresses (<see cref="EmailAddress.Key"/>).</summary>
/// <param name="Kind">What its rows are, in a word.</param>
/// <param name="Id">Their <c>uuid</c>; null where a key may be in any number of rows, which then change together.</param>
public sealed record EmailKeyColumn(string Kind, string Table, string Column, string? Id = null)
{
    internal string Migration => $"{Table}.{Column}";

    internal string Keys => $"SELECT {(Id is null ? "DISTINCT ''" : $"{Id}::text")}, {Column} FROM {Table} WHERE octet_length({Column}) <> char_length({Column})";

    internal string Change => $"UPDATE {Table} SET {Column} = $1 WHERE {Column} = $2" + (Id is null ? "" : $" AND {Id} = $3::uuid");

    internal string IsAsItWas => Id is null ? "false" : $"EXISTS (SELECT FROM {Table} r WHERE r.{Id} = c.row_id::uuid AND r.{Column} = c.former_key)";
}

/// <summary>
/// Brings keys of addresses to the form that they have now. Only those with other letters than ASCII can differ. Once in a database's life all are looked
/// through, at the start and before requests are served; what then stays in conflict is tried again now and then, and forgotten once somebody has
/// changed, merged or erased one of the two.
/// </summary>
public sealed class EmailKeys(DatabasePools pools, IEnumerable<EmailKeyColumn> columns, FinishedMigrations finished)
{
    private const string Note = """
        INSERT INTO shared.email_key_conflicts (kind, row_id, former_key, key) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kind, row_id) DO UPDATE SET former_key = excluded.former_key, key = excluded.key
        """;

    /// <summary>At the start. Any number of processes may do it at once; one that was killed in the middle begins again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var column in columns.Where(column => !finished.Contains(column.Migration)))
        {
            foreach (var (id, former) in await ReadAsync(column.Keys, [], cancellationToken))
            {
                await ChangeAsync(column, id, former, cancellationToken);
            }

            await ExecuteAsync(
                "INSERT INTO shared.background_migrations (name, finished_at) VALUES ($1, now()) ON CONFLICT DO NOTHING", [new() { Value = column.Migration }], cancellationToken);
        }

        await finished.ReadAsync(cancellationToken);
    }

    /// <summary>Tries again what was in conflict, and forgets what no longer is.</summary>
    public async Task RetryAsync(CancellationToken cancellationToken)
    {
        foreach (var column in columns.Where(column => column.Id is not null))
        {
            var kind = new NpgsqlParameter { Value = column.Kind };
            await ExecuteAsync($"DELETE FROM shared.email_key_conflicts c WHERE c.kind = $1 AND NOT {column.IsAsItWas}", [kind], cancellationToken);
            foreach (var (id, former) in await ReadAsync("SELECT row_id, former_key FROM shared.email_key_conflicts WHERE kind = $1", [kind.Clone()], cancellationToken))
            {
                if (await ChangeAsync(column, id, former, cancellationToken))
                {
                    await ExecuteAsync(
                        "DELETE FROM shared.email_key_conflicts WHERE kind = $1 AND row_id = $2", [kind.Clone(), new() { Value = id }], cancellationToken);
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
                await ExecuteAsync(column.Change, column.Id is null ? values[..2] : values, cancellationToken);
                return true;
            }
        }
        catch (PostgresException taken) when (UniqueViolation.Constraint(taken) is not null)
        {
            // Somebody else has it: noted below.
        }

        if (column.Id is not null)
        {
            await ExecuteAsync(
                Note, [new() { Value = column.Kind }, new() { Value = id }, new() { Value = former }, OptionalParameter.Of(key, NpgsqlTypes.NpgsqlDbType.Text)], cancellationToken);
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

/// <summary>Tries keys again that were in conflict with another row's, every minute: there are few, or none.</summary>
public sealed class EmailKeyUpkeep(EmailKeys keys, BackgroundLoop loop) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("email keys", Interval, keys.RetryAsync, stoppingToken);
}
