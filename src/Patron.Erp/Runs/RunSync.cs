using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Erp.Partners;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Runs;

/// <summary>
/// Updates the customers of the home organization from the ERP's partners (source 4, sync; linking.md, 'Sync' and 'Amended'). One process
/// at a time holds the lease and continues an open run where it stopped. Errors: 400 where a run is in progress (named), or the stored
/// partners belong to another ERP; 503 where the ERP is unavailable or rejects Patron's user. A failed run stores the reason in its row.
/// </summary>
public sealed partial class RunSync(
    IServiceScopeFactory scopes, LeaseStore leases, IErpConnector connector, HomeOrganization home, TimeProvider time,
    ILogger<RunSync> logger)
{
    /// <summary>The lease of the process that syncs.</summary>
    public const string LeaseName = "sync";

    private const int UnreadBatchSize = 1000;
    private const int ImportBatchSize = 4000;
    private static readonly TimeSpan BusyRetryDelay = TimeSpan.FromMilliseconds(250);

    private static readonly Error NothingOpen = Error.Rule("sync_not_running", "No sync is running.");

    public async Task<Result<FinishedSync>> HandleAsync(
        SyncParameters parameters, Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        // A worker tries again within a second. Whoever started a command wants an answer now, and to continue a run whose process died.
        await using var lease = parameters.OnlyOpen
            ? await leases.TryAcquireAsync(LeaseName, cancellationToken)
            : await leases.AcquireUnlessRenewedAsync(LeaseName, cancellationToken);
        if (lease is null)
        {
            var running = await FindOpenAsync(cancellationToken);
            var named = running is null ? "A run" : $"Run {running.Id}";
            return Error.Rule("sync_running", $"{named} of the sync is in progress. 'patron sync status' shows how far it is.");
        }

        if (parameters.OnlyOpen && await FindOpenAsync(cancellationToken) is null)
        {
            return NothingOpen;
        }

        var opened = await InScopeAsync<SyncRuns, Result<SyncRun>>(
            runs => runs.OpenAsync(parameters.Full, connector.Identity, parameters.SameErp, cancellationToken));
        if (opened.Succeeded(out var run, out var refused))
        {
            return await ExecuteAsync(run, parameters, report, cancellationToken);
        }

        if (parameters.OnlyOpen)
        {
            await FailOpenRunAsync(refused, cancellationToken);
        }

        return refused;
    }

    // A requested run has no caller that waits for its error, and while it is open nobody can request another one, so its failure is stored
    // in its row. The command line prints the reason instead: it has not opened a run yet, and an open one was requested from the servers,
    // whose settings may be correct where the command's are not.
    private async Task FailOpenRunAsync(Error refused, CancellationToken cancellationToken)
    {
        if (await InScopeAsync<SyncRuns, long?>(runs => runs.FailOpenAsync(refused.Detail, cancellationToken)) is { } run)
        {
            LogFailed(run, refused.Detail);
        }
    }

    private async Task<Result<FinishedSync>> ExecuteAsync(
        SyncRun run, SyncParameters parameters, Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        var fencingToken = new FencingToken(run.Id, run.Runner!.Value, run.Mode == SyncMode.Full);
        LogStarted(run.Id, run.Mode, run.Phase);
        try
        {
            return (await RunPhasesAsync(run, fencingToken, parameters, report, cancellationToken)).Error is { } error
                ? await FailAsync(fencingToken, error)
                : await SucceedAsync(run, fencingToken, cancellationToken);
        }
        catch (ErpException failure)
        {
            return await FailAsync(fencingToken, new Error(ErrorKind.Unavailable, "erp_unavailable", failure.Message));
        }
        catch (Exception bug) when (bug is not OperationCanceledException && !DatabaseFailure.IsTemporary(bug))
        {
            // A web server in the same process continues. After database trouble the run stays open, to be continued.
            LogUnexpected(bug, run.Id);
            return await FailAsync(
                fencingToken,
                Error.Rule(
                    "internal_error", "The sync stopped because of an unexpected error. The log of that process says more. Please report it."));
        }
    }

    private async Task<FinishedSync> SucceedAsync(SyncRun run, FencingToken fencingToken, CancellationToken cancellationToken)
    {
        var figures = await InScopeAsync<CountPartners, SyncFigures>(
            count => count.HandleAsync(run.Id, time.GetUtcNow() - run.StartedAt!.Value, cancellationToken));
        await InScopeAsync<SyncRuns, bool>(runs => runs.SucceedAsync(fencingToken, figures, cancellationToken));
        LogSucceeded(run.Id, figures.Total, figures.Created, figures.Updated, figures.Conflicts, figures.Errors, figures.DurationMs);
        return new FinishedSync(run.Id, run.Mode, figures);
    }

    private async Task<Error> FailAsync(FencingToken fencingToken, Error error)
    {
        LogFailed(fencingToken.RunId, error.Detail);
        await InScopeAsync<SyncRuns, bool>(runs => runs.FailAsync(fencingToken, error.Detail, CancellationToken.None));
        return error;
    }

    private Task<SyncRun?> FindOpenAsync(CancellationToken cancellationToken) =>
        InScopeAsync<SyncRuns, SyncRun?>(runs => runs.FindOpenAsync(cancellationToken));

    // If others hold a lock that the step needs, the step gives up and is repeated: the sync never aborts an import or a form.
    private async Task<T> InScopeAsync<TService, T>(Func<TService, Task<T>> step)
        where TService : notnull
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await using var scope = scopes.CreateBackgroundScope();
                return await step(scope.ServiceProvider.GetRequiredService<TService>());
            }
            catch (PostgresException busy) when (FencingToken.IsLockConflict(busy))
            {
                if (isFirst)
                {
                    LogWaiting(typeof(TService).Name);
                }
            }

            await Task.Delay(BusyRetryDelay, CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Information, "Sync run {Run} started: {Mode}, {Phase}")]
    private partial void LogStarted(long run, SyncMode mode, SyncPhase phase);

    [
        LoggerMessage(
            LogLevel.Information,
            "Sync run {Run} succeeded: {Total} partners, {Created} created, {Updated} updated, {Conflicts} conflicts, {Errors} errors, {Milliseconds} ms")]
    private partial void LogSucceeded(long run, long total, long created, long updated, long conflicts, long errors, long milliseconds);

    [LoggerMessage(LogLevel.Error, "Sync run {Run} failed unexpectedly")]
    private partial void LogUnexpected(Exception bug, long run);

    [LoggerMessage(LogLevel.Warning, "Sync run {Run} failed: {Reason}")]
    private partial void LogFailed(long run, string reason);

    [LoggerMessage(LogLevel.Information, "Sync is waiting for locks that {Step} needs")]
    private partial void LogWaiting(string step);
}
