using System.Data.Common;
using System.Diagnostics;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Checks once whether replicas can be used, for <c>patron doctor</c>.</summary>
public static class ReplicaCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What is wrong, as a sentence; null if a replica replays what the primary has now within <paramref name="mostLag"/>, at most five
    /// seconds.
    /// </summary>
    public static async Task<string?> ProblemAsync(DatabasePools pools, TimeSpan mostLag, CancellationToken cancellationToken)
    {
        WalPosition primary;
        long server;
        await using (var connection = await pools.Probes.OpenConnectionAsync(cancellationToken))
        {
            primary = await WalPosition.ReadAsync(connection, cancellationToken);
            server = await ReadServerAsync(connection, cancellationToken);
        }

        try
        {
            await using var replica = await pools.Reads!.OpenConnectionAsync(cancellationToken);
            if (await ReadServerAsync(replica, cancellationToken) != server)
            {
                return $"{replica.Host} is not a replica of the primary, but a server of its own. Correct ConnectionStrings:PatronReads.";
            }

            return await CatchesUpAsync(replica, primary, mostLag < MaxWait ? mostLag : MaxWait, cancellationToken)
                ? null
                : $"{replica.Host} is behind. The primary answers all reads until it has caught up.";
        }
        catch (Exception exception) when (exception is DbException || DatabaseFailure.IsTemporary(exception))
        {
            return $"No replica can be reached ({DatabaseFailure.Reason(exception)}). The primary answers all reads.";
        }
    }

    /// <summary>What the server and its replicas have in common, and no other server.</summary>
    internal static async Task<long> ReadServerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT system_identifier FROM pg_control_system()", connection)
        {
            CommandTimeout = DatabasePools.ProbeSeconds,
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<bool> CatchesUpAsync(
        NpgsqlConnection replica, WalPosition primary, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while ((await WalPosition.ReadAsync(replica, cancellationToken)).Value < primary.Value)
        {
            if (watch.Elapsed > limit)
            {
                return false;
            }

            await Task.Delay(Interval, cancellationToken);
        }

        return true;
    }
}
