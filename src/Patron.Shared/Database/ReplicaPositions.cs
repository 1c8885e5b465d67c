using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared.Background;

namespace Patron.Shared.Database;

/// <summary>Whether replicas can be used.</summary>
public enum ReplicaState
{
    Usable,

    /// <summary>More than <see cref="ReadOptions.MostLag"/> behind the primary.</summary>
    Behind,

    /// <summary>It cannot be reached, or is no copy of the primary.</summary>
    Away,
}

/// <summary>
/// The last positions of the primary, by which this process knows what a replica must have replayed (decision 0024), and whether replicas
/// can be used. Without <see cref="ReplicaWorker"/>, as in commands, nothing is known and the primary answers all reads.
/// </summary>
public sealed partial class ReplicaPositions(
    DatabasePools pools, ReadOptions options, TimeProvider time, ILogger<ReplicaPositions> logger)
{
    // After a failure, requests do not try for this long, and a connection that hangs is noticed by the loop instead.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Queue<(long At, WalPosition Position)> samples = new();
    private long? failedAt;
    private long? server;
    private volatile bool isCopy;

    public bool AreConfigured => pools.Reads is not null;

    /// <summary>The state at the last check.</summary>
    public ReplicaState State { get; private set; }

    /// <summary>
    /// What a replica must have replayed, so that its answers are at most <see cref="ReadOptions.MostLag"/> old. Null if that is unknown,
    /// no replica has been checked yet, or they have just failed: then only the primary is asked.
    /// </summary>
    internal WalPosition? Required()
    {
        lock (gate)
        {
            return !isCopy || (failedAt is { } at && time.GetElapsedTime(at) < Pause) ? null : OldestSample();
        }
    }

    /// <summary>Makes this process ask the primary for a few seconds.</summary>
    internal void ReportFailure(Exception exception) => Fail(DatabaseFailure.Reason(exception));

    /// <summary>Reads the position of the primary, and checks a replica.</summary>
    internal async Task UpdateAsync(CancellationToken cancellationToken)
    {
        await SampleAsync(cancellationToken);
        await CheckAsync(cancellationToken);
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        // The time before the question: what was committed by then is before the position.
        var at = time.GetTimestamp();
        await using var connection = await pools.Probes.OpenConnectionAsync(cancellationToken);
        var position = await WalPosition.ReadAsync(connection, cancellationToken);
        server ??= await ReplicaCheck.ReadServerAsync(connection, cancellationToken);
        lock (gate)
        {
            samples.Enqueue((at, position));
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        WalPosition? required;
        lock (gate)
        {
            required = OldestSample();
        }

        try
        {
            await using var connection = await pools.Reads!.OpenConnectionAsync(cancellationToken);
            isCopy = await ReplicaCheck.ReadServerAsync(connection, cancellationToken) == server;
            if (!isCopy)
            {
                Fail($"{connection.Host} is not a replica of the primary");
                return;
            }

            var position = await WalPosition.ReadAsync(connection, cancellationToken);
            Set(required is { } recent && position.Value >= recent.Value ? ReplicaState.Usable : ReplicaState.Behind);
        }
        catch (Exception exception)
            when ((exception is DbException || DatabaseFailure.IsTemporary(exception)) && !cancellationToken.IsCancellationRequested)
        {
            ReportFailure(exception);
        }
    }

    private void Fail(string reason)
    {
        lock (gate)
        {
            failedAt = time.GetTimestamp();
        }

        Set(ReplicaState.Away, reason);
    }

    private WalPosition? OldestSample()
    {
        while (samples.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > options.MostLag)
        {
            samples.Dequeue();
        }

        return samples.TryPeek(out var sample) ? sample.Position : null;
    }

    private void Set(ReplicaState state, string? reason = null)
    {
        lock (gate)
        {
            if (State == state)
            {
                return;
            }

            State = state;
        }

        switch (state)
        {
            case ReplicaState.Usable:
                LogUsable();
                break;
            case ReplicaState.Behind:
                LogBehind(options.MostLag);
                break;
            default:
                LogAway(reason);
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "Replicas can be read again")]
    private partial void LogUsable();

    [LoggerMessage(LogLevel.Warning, "The replica is more than {MostLag} behind; the primary answers all reads")]
    private partial void LogBehind(TimeSpan mostLag);

    [LoggerMessage(LogLevel.Warning, "Replicas cannot be read: {Reason}. The primary answers all reads")]
    private partial void LogAway(string? reason);
}

/// <summary>Updates <see cref="ReplicaPositions"/> once a second, if replicas are configured.</summary>
public sealed class ReplicaWorker(ReplicaPositions positions, BackgroundLoop loop) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        positions.AreConfigured ? loop.RunAsync("replicas", Interval, positions.UpdateAsync, stoppingToken) : Task.CompletedTask;
}
