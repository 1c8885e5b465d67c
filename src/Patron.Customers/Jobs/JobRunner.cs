using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Customers.Jobs;

/// <summary>
/// Does the work of jobs, in the server's background and in commands that wait for it. Any number of processes may run it: a batch locks
/// the row of its job, so two never work on the same one. After a crash the next process continues at once.
/// </summary>
public sealed partial class JobRunner(IServiceScopeFactory scopes, TimeProvider time, ILogger<JobRunner> logger)
{
    // A long job must not keep a short one waiting.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, BatchSize> sizes = new();

    /// <summary>Works on each open job for a second. Returns whether there was anything to do.</summary>
    public async Task<bool> RunOpenAsync(CancellationToken cancellationToken)
    {
        var worked = false;
        var open = await InScopeAsync(
            services => services.GetRequiredService<JobStore>().FindWorkAsync(time.GetUtcNow(), cancellationToken));
        foreach (var job in open)
        {
            worked |= await RunAsync(job, cancellationToken);
        }

        return worked;
    }

    /// <summary>Works on a job for a second, if a worker has anything to do for it. Returns false where there is nothing.</summary>
    public async Task<bool> RunAsync(Job job, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var worked = false;
        try
        {
            while (await InScopeAsync(services => StepAsync(services, job, cancellationToken)))
            {
                worked = true;
                if (watch.Elapsed > Turn || cancellationToken.IsCancellationRequested)
                {
                    break;
                }
            }
        }
        catch (Exception bug) when (bug is not OperationCanceledException && !DatabaseFailure.IsTemporary(bug))
        {
            LogFailed(bug, job.Id);
            await InScopeAsync(services => StopAsync(services, job, cancellationToken));
        }

        return worked;
    }

    private async Task<bool> StepAsync(IServiceProvider services, Job job, CancellationToken cancellationToken)
    {
        var jobs = services.GetRequiredService<JobStore>();
        if (await jobs.ReadAsync(job.Id, cancellationToken) is not { } current)
        {
            return false;
        }

        if (current.State is JobState.Ready or JobState.Paused)
        {
            var ended = current.State == JobState.Ready ? JobState.Expired : JobState.Cancelled;
            return current.IsOverdue(time.GetUtcNow()) && await MoveAsync(services, current, ended, current.Reason, cancellationToken);
        }

        if (!JobStates.IsWorking(current.State) || services.GetRequiredService<JobActor>().FindKind(current.Kind) is not { } kind)
        {
            sizes.TryRemove(job.Id, out _);
            return false;
        }

        var size = sizes.GetOrAdd(job.Id, _ => new BatchSize());
        return current.State switch
        {
            JobState.Previewing => await services.GetRequiredService<PreviewStep>().HandleAsync(current, kind, cancellationToken),
            JobState.Applying => await services.GetRequiredService<ApplyStep>().HandleAsync(current, kind, size, cancellationToken),
            _ => await services.GetRequiredService<UndoStep>().HandleAsync(current, kind, size, cancellationToken),
        };
    }

    // A person may look into the log and try again; trying in a loop would only fill it.
    private Task<bool> StopAsync(IServiceProvider services, Job job, CancellationToken cancellationToken) => MoveAsync(
        services, job,
        job.State switch { JobState.Applying => JobState.Paused, JobState.Undoing => JobState.UndoPaused, _ => JobState.Cancelled },
        "internal_error", cancellationToken);

    private async Task<bool> MoveAsync(
        IServiceProvider services, Job job, JobState state, string? reason, CancellationToken cancellationToken)
    {
        var jobs = services.GetRequiredService<JobStore>();
        await using var transaction = await services.GetRequiredService<DatabaseSession>().BeginAsync(cancellationToken);
        if (await jobs.LockWorkAsync(job, cancellationToken) is not { } locked)
        {
            return false;
        }

        await jobs.MoveAsync(locked, state, reason, time.GetDatabaseNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = scopes.CreateBackgroundScope();
        return await work(scope.ServiceProvider);
    }

    [LoggerMessage(LogLevel.Error, "Job {Job} stopped because of an unexpected error")]
    private partial void LogFailed(Exception exception, long job);
}

/// <summary>Runs jobs in the background of the server.</summary>
public sealed class JobWorker(JobRunner runner, BackgroundLoop loop) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("jobs", Poll, RunAllAsync, stoppingToken);

    private async Task RunAllAsync(CancellationToken cancellationToken)
    {
        while (await runner.RunOpenAsync(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
