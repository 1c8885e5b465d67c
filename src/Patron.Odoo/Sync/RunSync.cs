using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patron.Customers.Sync;
using Patron.Odoo.Client;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Odoo.Sync;

/// <summary>
/// Brings the customers of the home organization up to date with Odoo's partners (source 4, sync; linking.md, 'Sync, ledger and figures'). One
/// process at a time has the turn; whoever gets it goes on with a run that was left open, where that was. Errors: 400 a run is being worked on
/// (named), or the partners known here are another Odoo's; 503 Odoo is away or refuses the robot. A run that fails says so in its row.
/// </summary>
public sealed partial class RunSync(
    IServiceScopeFactory scopes, SyncTurns turns, OdooClient client, OdooOptions options, HomeOrganization home, TimeProvider time, ILogger<RunSync> logger)
{
    private const int MaxLooks = 40;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private static readonly Error NothingOpen = Error.Rule("No run of the sync is open.");

    private readonly Caller robot = Caller.System(home.Id);
    private readonly SyncReader reader = new(scopes, options);

    public async Task<Result<FinishedSync>> HandleAsync(SyncOrder order, Action<SyncProgress> tell, CancellationToken cancellation)
    {
        await using var turn = await TakeTurnAsync(cancellation);
        if (turn is null)
        {
            var running = await FindOpenAsync(cancellation);
            return Error.Rule($"Run {running?.Id} of the sync is being worked on; 'patron sync status' shows how far it is.");
        }

        if (order.OnlyOpen && await FindOpenAsync(cancellation) is null)
        {
            return NothingOpen;
        }

        var opened = await InScopeAsync<SyncJournal, Result<SyncRun>>(journal => journal.OpenAsync(order.Full, options.Identity, order.SameErp, cancellation));
        if (opened.Succeeded(out var run, out var refused))
        {
            return await WorkAsync(run, order, tell, cancellation);
        }

        if (order.OnlyOpen)
        {
            await RefuseAsync(refused, cancellation);
        }

        return refused;
    }

    // Whoever asked a server for the run got their answer long ago and looks into its row, and while it is open nobody can ask for another one. The
    // command line prints the reason instead. It has opened no run of its own by then, and one that is open was asked of the servers, whose settings
    // may be right where those of the command are not: they end it themselves if not.
    private async Task RefuseAsync(Error refused, CancellationToken cancellation)
    {
        if (await InScopeAsync<SyncJournal, long?>(journal => journal.RefuseAsync(refused.Detail, cancellation)) is { } run)
        {
            LogFailed(run, refused.Detail);
        }
    }

    // Where somebody has the turn and no run is open, they have only looked whether there is one, or are about to open it.
    private async Task<SyncTurn?> TakeTurnAsync(CancellationToken cancellation)
    {
        for (var look = 1; ; look++)
        {
            if (await turns.TryTakeAsync(cancellation) is { } turn)
            {
                return turn;
            }

            if (look == MaxLooks || await FindOpenAsync(cancellation) is not null)
            {
                return null;
            }

            await Task.Delay(BetweenLooks, cancellation);
        }
    }

    private async Task<Result<FinishedSync>> WorkAsync(SyncRun run, SyncOrder order, Action<SyncProgress> tell, CancellationToken cancellation)
    {
        var ticket = new SyncTicket(run.Id, run.Runner!.Value, run.Mode == SyncMode.Full);
        LogStarted(run.Id, run.Mode, run.Phase);
        try
        {
            if ((await ReadAsync(run, ticket, order, tell, cancellation)).Error is { } error)
            {
                return await FailAsync(ticket, error);
            }

            return await SucceedAsync(run, ticket, cancellation);
        }
        catch (OdooException failure)
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

    private async Task<FinishedSync> SucceedAsync(SyncRun run, SyncTicket ticket, CancellationToken cancellation)
    {
        var figures = await InScopeAsync<CountPartners, SyncFigures>(count => count.HandleAsync(run.Id, time.GetUtcNow() - run.StartedAt!.Value, cancellation));
        await InScopeAsync<SyncJournal, Done>(async journal =>
        {
            await journal.SucceedAsync(ticket, figures, cancellation);
            return default;
        });
        LogSucceeded(run.Id, figures.Total, figures.Created, figures.Updated, figures.Conflicts, figures.Errors, figures.DurationMs);
        return new FinishedSync(run.Id, run.Mode, figures);
    }

    private async Task<Result<Done>> ReadAsync(SyncRun run, SyncTicket ticket, SyncOrder order, Action<SyncProgress> tell, CancellationToken cancellation)
    {
        await client.VersionAsync(cancellation); // Away or wrong settings: known before anything else, and soon.
        var expected = await client.CountAsync("res.partner", OdooDomain.All.AndIn("active", [true, false]), cancellation);
        var read = run.ReadPartners;
        tell(new SyncProgress(run.Phase, read, expected));
        for (var phase = run.Phase; phase != SyncPhase.Done; phase++)
        {
            if (phase == SyncPhase.Known
                && !order.AcceptLosses && await InScopeAsync<KnownPartners, string?>(known => known.DoubtAsync(expected, cancellation)) is { } doubt)
            {
                return Error.Rule(doubt);
            }

            await foreach (var step in reader.ReadAsync(run, phase, phase == run.Phase ? run.AfterId : 0, cancellation).ReadAheadAsync(cancellation))
            {
                if ((await TakeAsync(ticket, phase, step, cancellation)).Error is { } lost)
                {
                    return lost;
                }

                read += step.Batch?.Partners.Count ?? 0;
                tell(new SyncProgress(phase, read, expected));
            }
        }

        return default(Done);
    }

    private async Task<Result<Done>> TakeAsync(SyncTicket ticket, SyncPhase phase, SyncStep step, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var taken = step.Batch is { } batch
            ? await scope.ServiceProvider.GetRequiredService<TakePartners>().HandleAsync(robot, ticket, batch, cancellation)
            : await scope.ServiceProvider.GetRequiredService<KnownPartners>().HandleAsync(robot, ticket, step.Numbers, (step.Above, step.AfterId), cancellation);
        if (taken.Error is null && step.Missing is { Count: > 0 } missing)
        {
            taken = await scope.ServiceProvider.GetRequiredService<KnownPartners>().ForgetAsync(robot, ticket, missing, cancellation);
        }

        return taken.Error is { } lost ? lost
            : await scope.ServiceProvider.GetRequiredService<SyncJournal>().AdvanceAsync(
                ticket, phase, step.AfterId, step.Batch?.Partners.Count ?? 0, step.Batch?.Partners.Max(partner => partner.WriteDate), cancellation)
                ? default(Done)
                : TakePartners.TakenOver;
    }

    private async Task<Error> FailAsync(SyncTicket ticket, Error error)
    {
        LogFailed(ticket.RunId, error.Detail);
        await InScopeAsync<SyncJournal, Done>(async journal =>
        {
            await journal.FailAsync(ticket, error.Detail, CancellationToken.None);
            return default;
        });
        return error;
    }

    private Task<SyncRun?> FindOpenAsync(CancellationToken cancellation) =>
        InScopeAsync<SyncJournal, SyncRun?>(journal => journal.FindOpenAsync(cancellation));

    private async Task<T> InScopeAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull
    {
        await using var scope = scopes.CreateBackgroundScope();
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    [LoggerMessage(LogLevel.Information, "Sync run {Run} begins: {Mode}, {Phase}")]
    private partial void LogStarted(long run, SyncMode mode, SyncPhase phase);

    [LoggerMessage(LogLevel.Information, "Sync run {Run} succeeded: {Total} partners, {Created} created, {Updated} updated, {Conflicts} conflicts, {Errors} errors, {Milliseconds} ms")]
    private partial void LogSucceeded(long run, long total, long created, long updated, long conflicts, long errors, long milliseconds);

    [LoggerMessage(LogLevel.Error, "Sync run {Run} is broken")]
    private partial void LogBroken(Exception bug, long run);

    [LoggerMessage(LogLevel.Warning, "Sync run {Run} failed: {Reason}")]
    private partial void LogFailed(long run, string reason);
}
