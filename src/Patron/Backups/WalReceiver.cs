using System.Diagnostics;
using Npgsql;
using Patron.PrivatePostgres;

namespace Patron.Backups;

/// <summary>
/// Receives the WAL of the private server into a folder, within milliseconds of each commit and flushed to the disk: PostgreSQL's own
/// <c>pg_receivewal</c>. By its replication slot the server keeps the WAL until it was received, also while nobody receives. Disposal
/// ends it.
/// </summary>
internal sealed class WalReceiver : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private readonly Process process;
    private readonly string connectionString;
    private readonly string name;
    private readonly Task<string> errors;

    private WalReceiver(Process process, string connectionString, string name)
    {
        (this.process, this.connectionString, this.name) = (process, connectionString, name);
        errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync(); // It prints nothing, but its pipe must not fill up.
    }

    public bool IsRunning => !process.HasExited;

    /// <summary>Goes on where the backup's last WAL ends or, if it has none yet, begins where the slot was created.</summary>
    public static WalReceiver Start(PrivatePostgresServer server, string backup, string slot) =>
        Start(server, backup, slot, ["--slot", slot]);

    /// <summary>Begins now. Somebody else keeps the WAL from being removed before it is received.</summary>
    /// <param name="name">Of its connection.</param>
    public static WalReceiver StartWithoutSlot(PrivatePostgresServer server, string backup, string name) => Start(server, backup, name, []);

    /// <summary>Returns when the WAL was received that the server has now.</summary>
    /// <exception cref="PrivatePostgresException">The receiver has ended.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT pg_current_wal_flush_lsn()::text");
        await CatchUpAsync((string)(await command.ExecuteScalarAsync(cancellationToken))!, cancellationToken);
    }

    /// <summary>Returns when the WAL was received to this position.</summary>
    /// <exception cref="PrivatePostgresException">The receiver has ended.</exception>
    public async Task CatchUpAsync(string position, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(
            "SELECT coalesce(bool_or(flush_lsn >= $2::pg_lsn), false) FROM pg_stat_replication WHERE application_name = $1");
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = position });
        while (await command.ExecuteScalarAsync(cancellationToken) is false)
        {
            if (!IsRunning)
            {
                throw new PrivatePostgresException($"The WAL couldn't be received: {await ReadErrorsAsync()}");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Why the program ended.</summary>
    public async Task<string> ReadErrorsAsync() => PostgresTools.FindReason(await errors) ?? "pg_receivewal ended without a message.";

    private static WalReceiver Start(PrivatePostgresServer server, string backup, string name, string[] slot)
    {
        string[] arguments = [
            "--directory", BackupFolder.WalIn(backup), "--no-loop", "--no-password", "--synchronous", "--status-interval", "1",
            "--dbname", LibpqConnection.Of(server.ConnectionString, name), .. slot];
        return new WalReceiver(server.Clients.Start("pg_receivewal", arguments), server.ConnectionString, name);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(); // What it has received is on the disk already.
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
