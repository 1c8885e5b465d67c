using Npgsql;

namespace Patron.Backups;

/// <summary>
/// The replication slots of backups on the private server. Each base of a server that keeps receiving WAL has one, so that no WAL is
/// lost while Patron does not run. A restored database has none of them, and neither does a new one.
/// </summary>
internal static class BackupSlots
{
    /// <summary>Matches the slots of bases that a server continues, as a regular expression of SQL.</summary>
    public const string Pattern = @"^patron_\d{4}_";

    private const string TemporaryPrefix = "patron_taking_";

    /// <summary>The name of a base that is being taken: of its slot and of the programs that read from the server for it.</summary>
    public static string TemporaryOf(string backup) =>
        BackupFolder.SlotOf(backup).Replace("patron_", TemporaryPrefix, StringComparison.Ordinal);

    /// <summary>A slot that keeps the WAL from now on, as long as the connection is open.</summary>
    public static Task CreateTemporaryAsync(NpgsqlConnection connection, string slot, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "SELECT pg_create_physical_replication_slot($1, true, temporary => true)", slot, cancellationToken);

    /// <summary>Ends programs that read for a base whose Patron was killed: nobody holds its slot any more.</summary>
    public static Task EndAbandonedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExecuteAsync(
            connection,
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_replication
            WHERE starts_with(application_name, $1) AND NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = application_name)
            """,
            TemporaryPrefix, cancellationToken);

    public static Task CreateAsync(NpgsqlConnection connection, string slot, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "SELECT pg_create_physical_replication_slot($1, immediately_reserve => true)", slot, cancellationToken);

    /// <summary>Whether the server still has all WAL since the slot's last use.</summary>
    public static async Task<bool> IsUsableAsync(NpgsqlConnection connection, string slot, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM pg_replication_slots WHERE slot_name = $1 AND wal_status <> 'lost'", connection)
        {
            Parameters = { new() { Value = slot } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is 1L;
    }

    /// <summary>Ends receivers that a killed Patron has left, so that the slot can be used again.</summary>
    public static Task ReleaseAsync(NpgsqlConnection connection, string slot, CancellationToken cancellationToken) =>
        ExecuteAsync(
            connection,
            "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = $1 AND active_pid IS NOT NULL",
            slot, cancellationToken);

    /// <summary>Removes all slots of backups except this one.</summary>
    public static Task DropOthersAsync(NpgsqlConnection connection, string slot, CancellationToken cancellationToken) =>
        ExecuteAsync(
            connection,
            $"""
            SELECT coalesce(active_pid IS NULL OR pg_terminate_backend(active_pid, 5000), true), pg_drop_replication_slot(slot_name)
            FROM pg_replication_slots WHERE slot_name ~ '{Pattern}' AND slot_name <> $1
            """,
            slot, cancellationToken);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = name } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
