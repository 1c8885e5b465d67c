using Npgsql;

namespace Patron.Shared.Database;

internal sealed record AppliedMigration(string Module, int Number, string Name, string Checksum, MigrationKind Kind)
{
    public string FullName => $"{Module}/{Name}";
}

/// <summary>
/// Says why this program cannot work with a database: its encoding, or a schema that another version made. For the start and for
/// <c>patron doctor</c>.
/// </summary>
public static class DatabaseCompatibility
{
    /// <summary>
    /// The first problem, as a sentence that says what to do; null where there is none. An empty database of the right encoding has none.
    /// </summary>
    public static async Task<string?> ProblemAsync(
        NpgsqlConnection connection, IEnumerable<MigrationSet> sets, CancellationToken cancellationToken)
    {
        if (await EncodingProblemAsync(connection, cancellationToken) is { } problem)
        {
            return problem;
        }

        return await IsMigratedAsync(connection, cancellationToken)
            ? VersionProblem([.. sets.SelectMany(set => set.Load())], await ReadAppliedAsync(connection, cancellationToken))
            : null;
    }

    /// <summary>Whether a first migration has begun: the table of the applied ones exists.</summary>
    public static async Task<bool> IsMigratedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass('shared.migrations') IS NOT NULL", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    internal static async Task<string?> EncodingProblemAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT current_setting('server_encoding')", connection);
        var encoding = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        return encoding == "UTF8"
            ? null
            : $"The database {connection.Database} has the encoding {encoding}, which cannot store every name. Patron needs UTF8: let an administrator run createdb --encoding UTF8 --template template0 NAME, and name that database in ConnectionStrings:Patron.";
    }

    // A program of before migration shared/0012 left no column of the kind.
    private const string AppliedSql = """
        SELECT module, number, name, checksum, coalesce(to_jsonb(m) ->> 'kind' = 'expand', false)
        FROM shared.migrations m ORDER BY module, number
        """;

    internal static async Task<IReadOnlyList<AppliedMigration>> ReadAppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new List<AppliedMigration>();
        await using var command = new NpgsqlCommand(AppliedSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var kind = reader.GetBoolean(4) ? MigrationKind.Expand : MigrationKind.Contract;
            applied.Add(new AppliedMigration(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), kind));
        }

        return applied;
    }

    internal static string? VersionProblem(IReadOnlyList<Migration> known, IReadOnlyList<AppliedMigration> applied)
    {
        var checksums = applied.ToDictionary(migration => (migration.Module, migration.Number), migration => migration.Checksum);
        if (known.FirstOrDefault(
            migration => checksums.TryGetValue((migration.Module, migration.Number), out var checksum) && !migration.Accepts(checksum))
            is { } changed)
        {
            return $"Migration {changed.FullName} was changed after it ran on this database. Restore the file and put the change into a new migration.";
        }

        return Newer(known, applied).FirstOrDefault(migration => migration.Kind == MigrationKind.Contract) is { } newer
            ? $"This database belongs to a newer version of Patron, which applied {newer.FullName}. Start that version or a later one, or restore a backup from before the upgrade."
            : null;
    }

    /// <summary>What a newer program has applied. Modules that are unknown here belong to another role.</summary>
    internal static IEnumerable<AppliedMigration> Newer(IReadOnlyList<Migration> known, IReadOnlyList<AppliedMigration> applied)
    {
        var latest = known.GroupBy(migration => migration.Module, StringComparer.Ordinal)
            .ToDictionary(module => module.Key, module => module.Max(migration => migration.Number), StringComparer.Ordinal);
        return applied.Where(migration => latest.TryGetValue(migration.Module, out var number) && migration.Number > number);
    }
}
