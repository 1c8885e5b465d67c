using System.Data.Common;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>What a read on a replica returned.</summary>
internal sealed record ReplicaAnswer<T>(T Value);

/// <summary>
/// The reads of a request from replicas. A replica answers if it has replayed everything up to the position that the client brought, and
/// what the primary had <see cref="ReadOptions.MostLag"/> ago. Nothing waits for a replica.
/// </summary>
public sealed class ReplicaReads(DatabasePools pools, ReplicaPositions positions, ReplicaMetrics metrics)
{
    private WalPosition? required;

    /// <summary>Up to where the answer of this request goes, for its cursors; null if that does not matter.</summary>
    public WalPosition? Reached { get; private set; }

    internal bool AreConfigured => positions.AreConfigured;

    /// <summary>Makes the following reads include everything up to this position.</summary>
    public void Require(WalPosition position) => required = WalPosition.Later(required, position);

    /// <summary>Reads on a replica; null if the primary must be asked, because no replica is recent enough or it failed.</summary>
    internal async Task<ReplicaAnswer<T>?> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!AreConfigured)
        {
            return null;
        }

        var answer = await TryReadAsync(work, cancellationToken);
        metrics.Add(byReplica: answer is not null);
        return answer;
    }

    /// <summary>Notes the position of the server after a read, so that the following page is not older.</summary>
    internal async Task NotePositionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (AreConfigured)
        {
            Reached = WalPosition.Later(Reached, await WalPosition.ReadAsync(connection, cancellationToken));
        }
    }

    private async Task<ReplicaAnswer<T>?> TryReadAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        if (positions.Required() is not { } recent)
        {
            return null;
        }

        try
        {
            await using var connection = await pools.Reads!.OpenConnectionAsync(cancellationToken);
            // Replay only goes forward, so that a read after this question sees at least as much.
            var replayed = await WalPosition.ReadAsync(connection, cancellationToken);
            if (replayed.Value < WalPosition.Later(required, recent).Value)
            {
                return null;
            }

            Require(replayed);
            return new ReplicaAnswer<T>(await work(connection));
        }
        catch (Exception exception)
            when ((exception is DbException || DatabaseFailure.IsTemporary(exception)) && !cancellationToken.IsCancellationRequested)
        {
            if (DatabaseFailure.IsUnavailable(exception))
            {
                positions.ReportFailure(exception);
            }

            return null; // The primary decides whether it is an error.
        }
    }
}
