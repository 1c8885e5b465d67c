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
/// Brings the customers of the home organization up to date with the ERP's partners (source 4, sync; linking.md, 'Sync' and 'Amended'). One process at a
/// time has the turn; whoever gets it goes on with a run that was left open, where that was. Errors: 400 a run is being worked on (named), or the
/// partners known here are another ERP's; 503 the ERP is away or refuses Patron's user. A run that fails says so in its row.
/// </summary>
public sealed partial class RunSync(
    IServiceScopeFactory scopes, SyncTurns turns, IErpConnector connector, HomeOrganization home, TimeProvider time, ILogger<RunSync> logger)
{
    private const int MaxLooks = 40;
    private const int ReadAtOnce = 1000;
    private const int ImportedAtOnce = 4000;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    private static readonly Error NothingOpen = Error.Rule("No run of the sync is open.");

    private readonly Caller robot = Caller.System(home.Id);

    public async Task<Result<FinishedSync>> HandleAsync(SyncOrder order, Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        await using var turn = await TakeTurnAsync(cancellationToken);
        if (turn is null)
        {
            var running = await FindOpenAsync(cancellationToken);
            return Error.Rule($"Run {running?.Id} of the sync is being worked on; 'patron sync status' shows how far it is.");
        }

        if (order.OnlyOpen && await FindOpenAsync(cancellationToken) is null)
        {
            return NothingOpen;
        }

        var opened = await InScopeAsync<SyncRuns, Result<SyncRun>>(runs => runs.OpenAsync(order.Full, connector.Identity, order.SameErp, cancellationToken));
        if (opened.Succeeded(out var run, out var refused))
        {
            return await WorkAsync(run, order, report, cancellationToken);
        }

        if (order.OnlyOpen)
        {
            await RefuseAsync(refused, cancellationToken);
        }

        return refused;
    }

    // Whoever asked a server for the run got their answer long ago and looks into its row, and while it is open nobody can ask for another one. The
    // command line prints the reason instead. It has opened no run of its own by then, and one that is open was asked of the servers, whose settings
    // may be right where those of the command are not: they end it themselves if not.
    private async Task RefuseAsync(Error refused, CancellationToken cancellationToken)
    {
        if (await InScopeAsync<SyncRuns, long?>(runs => runs.RefuseAsync(refused.Detail, cancellationToken)) is { } run)
        {
            LogFailed(run, refused.Detail);
        }
    }

    // Where somebody has the turn and no run is open, they have only looked whether there is one, or are about to open it.
    private async Task<SyncTurn?> TakeTurnAsync(CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            if (await turns.TryTakeAsync(cancellationToken) is { } turn)
            {
                return turn;
            }

            if (look == MaxLooks || await FindOpenAsync(cancellationToken) is not null)
            {
                return null;
            }

            await Task.Delay(BetweenLooks, cancellationToken);
        }
    }

    private async Task<Result<FinishedSync>> WorkAsync(SyncRun run, SyncOrder order, Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        var ticket = new SyncTicket(run.Id, run.Runner!.Value, run.Mode == SyncMode.Full);
        LogStarted(run.Id, run.Mode, run.Phase);
        try
        {
            return (await WorkThroughAsync(run, ticket, order, report, cancellationToken)).Error is { } error
                ? await FailAsync(ticket, error)
                : await SucceedAsync(run, ticket, cancellationToken);
        }
        catch (ErpException failure)
        {
            return await FailAsync(ticket, new Error(ErrorKind.Unavailable, failure.Message));
        }
        catch (Exception bug) when (bug is not OperationCanceledException && !DatabaseFailure.IsTemporary(bug))
        {
            // Whoever serves pages beside it goes on; where the database has trouble the run stays open, to go on with.
            LogBroken(bug, run.Id);
            return await FailAsync(ticket, Error.Rule("The run came upon something that it was not made for; the log of that process says more. Please report it."));
        }
    }

    // Each phase may be done again from its beginning, or from where it was: what is done already stays as it is.
    private async Task<Result<Done>> WorkThroughAsync(SyncRun run, SyncTicket ticket, SyncOrder order, Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        var expected = await connector.CountAsync(cancellationToken); // Away or wrong settings: known before anything else, and soon.
        var progress = new SyncProgress(run.Phase, run.ReadPartners, expected);
        for (var phase = run.Phase; phase != SyncPhase.Done; phase++)
        {
            report(progress = progress with { Phase = phase });
            if (phase == SyncPhase.Ids && !order.AcceptLosses && await InScopeAsync<PartnerKeys, string?>(keys => keys.DoubtAsync(expected, cancellationToken)) is { } doubt)
            {
                return Error.Rule(doubt);
            }

            var isOurs = await InScopeAsync<SyncRuns, bool>(runs => runs.EnterAsync(ticket, phase, cancellationToken)) && phase switch
            {
                SyncPhase.Pages => await ReadPagesAsync(run, ticket, read => report(progress = progress with { Read = progress.Read + read }), cancellationToken),
                SyncPhase.Ids => await InScopeAsync<PartnerKeys, bool>(keys => keys.CompareAsync(robot, ticket, cancellationToken)),
                SyncPhase.Rest => await ReadRestAsync(ticket, cancellationToken),
                SyncPhase.Addresses => await PrepareAddressesAsync(ticket, cancellationToken),
                _ => await ImportAsync(ticket, cancellationToken),
            };
            if (!isOurs)
            {
                return PartnerImporter.TakenOver;
            }
        }

        return default(Done);
    }

    private async Task<bool> ReadPagesAsync(SyncRun run, SyncTicket ticket, Action<int> report, CancellationToken cancellationToken)
    {
        await foreach (var page in connector.ReadPagesAsync(run.SinceCursor, run.Cursor, cancellationToken).ReadAheadAsync(cancellationToken))
        {
            if (!await InScopeAsync<PartnerReadings, bool>(readings => readings.SaveAsync(robot, ticket, page, cancellationToken)))
            {
                return false;
            }

            report(page.Partners.Count);
        }

        return true;
    }

    // What is asked for by its key and does not come is gone by now.
    private async Task<bool> ReadRestAsync(SyncTicket ticket, CancellationToken cancellationToken)
    {
        var after = "";
        while (await InScopeAsync<PartnerKeys, List<string>>(keys => keys.UnreadAsync(after, ReadAtOnce, cancellationToken)) is { Count: > 0 } unread)
        {
            var page = await connector.ReadAsync(unread, cancellationToken);
            var missing = unread.Except(page.Partners.Select(partner => partner.Id)).Except(page.Unreadable.Select(note => note.PartnerId)).ToList();
            if (!await InScopeAsync<PartnerReadings, bool>(readings => readings.SaveAsync(robot, ticket, page, cancellationToken))
                || !await InScopeAsync<PartnerKeys, bool>(keys => keys.ForgetAsync(ticket, missing, cancellationToken)))
            {
                return false;
            }

            after = unread[^1];
        }

        return true;
    }

    private async Task<bool> PrepareAddressesAsync(SyncTicket ticket, CancellationToken cancellationToken)
    {
        while (await InScopeAsync<PartnerKeys, bool>(keys => keys.LeaveAsync(robot, ticket, cancellationToken)))
        {
        }

        return await InScopeAsync<PartnerReadings, bool>(readings => readings.DecideAgainAsync(ticket, cancellationToken));
    }

    private async Task<bool> ImportAsync(SyncTicket ticket, CancellationToken cancellationToken)
    {
        await foreach (var batch in BatchesAsync(cancellationToken).ReadAheadAsync(cancellationToken))
        {
            if ((await InScopeAsync<PartnerImporter, Result<Done>>(importer => importer.HandleAsync(robot, ticket, batch, cancellationToken))).Error is not null)
            {
                return false;
            }
        }

        return await InScopeAsync<PartnerKeys, bool>(keys => keys.ProposeMergesAsync(ticket, cancellationToken));
    }

    // By rank. The next batch is read while this one is written.
    private async IAsyncEnumerable<IReadOnlyList<PartnerFacts>> BatchesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PartnerFacts? after = null;
        while (await InScopeAsync<PartnerReadings, IReadOnlyList<PartnerFacts>>(readings => readings.NextAsync(after, ImportedAtOnce, cancellationToken)) is { Count: > 0 } batch)
        {
            after = batch[^1];
            yield return batch;
        }
    }

    private async Task<FinishedSync> SucceedAsync(SyncRun run, SyncTicket ticket, CancellationToken cancellationToken)
    {
        var figures = await InScopeAsync<CountPartners, SyncFigures>(count => count.HandleAsync(run.Id, time.GetUtcNow() - run.StartedAt!.Value, cancellationToken));
        await InScopeAsync<SyncRuns, bool>(runs => runs.SucceedAsync(ticket, figures, cancellationToken));
        LogSucceeded(run.Id, figures.Total, figures.Created, figures.Updated, figures.Conflicts, figures.Errors, figures.DurationMs);
        return new FinishedSync(run.Id, run.Mode, figures);
    }

    private async Task<Error> FailAsync(SyncTicket ticket, Error error)
    {
        LogFailed(ticket.RunId, error.Detail);
        await InScopeAsync<SyncRuns, bool>(runs => runs.FailAsync(ticket, error.Detail, CancellationToken.None));
        return error;
    }

    private Task<SyncRun?> FindOpenAsync(CancellationToken cancellationToken) =>
        InScopeAsync<SyncRuns, SyncRun?>(runs => runs.FindOpenAsync(cancellationToken));

    // Where somebody else holds a lock that is needed, the step gives way and is done again: an import or a form is never ended for the sync's sake.
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
            catch (PostgresException busy) when (SyncTicket.IsBusy(busy))
            {
                if (isFirst)
                {
                    LogBusy(typeof(TService).Name);
                }
            }

            await Task.Delay(BetweenTries, CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Information, "Sync run {Run} begins: {Mode}, {Phase}")]
    private partial void LogStarted(long run, SyncMode mode, SyncPhase phase);

    [LoggerMessage(LogLevel.Information, "Sync run {Run} succeeded: {Total} partners, {Created} created, {Updated} updated, {Conflicts} conflicts, {Errors} errors, {Milliseconds} ms")]
    private partial void LogSucceeded(long run, long total, long created, long updated, long conflicts, long errors, long milliseconds);

    [LoggerMessage(LogLevel.Error, "Sync run {Run} is broken")]
    private partial void LogBroken(Exception bug, long run);

    [LoggerMessage(LogLevel.Warning, "Sync run {Run} failed: {Reason}")]
    private partial void LogFailed(long run, string reason);

    [LoggerMessage(LogLevel.Information, "The sync waits for somebody who has locked what {Step} needs")]
    private partial void LogBusy(string step);
}
