using System.Runtime.CompilerServices;
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

/// <summary>How a run is wanted.</summary>
public sealed record SyncOrder
{
    /// <summary>Read everything, and set right what differs; else only what has been written since the last run.</summary>
    public bool Full { get; init; }

    /// <summary>Work only on a run that is open; where it has ended meanwhile, begin none.</summary>
    public bool OnlyOpen { get; init; }

    /// <summary>The Odoo was moved or renamed: its numbers still mean the same partners.</summary>
    public bool SameErp { get; init; }

    /// <summary>That many known partners are missing is right.</summary>
    public bool AcceptLosses { get; init; }
}

/// <summary>How far a run is: partners read, of so many; told first before it reads any itself.</summary>
public sealed record SyncProgress(SyncPhase Phase, long Read, long Expected);

/// <summary>A run that came to its end, with what it found.</summary>
public sealed record FinishedSync(long RunId, SyncMode Mode, SyncFigures Figures);

/// <summary>
/// Brings the customers of the home organization up to date with Odoo's partners (source 4, sync; linking.md, 'Sync, ledger and figures'). One
/// process at a time has the turn; whoever gets it goes on with a run that was left open, where that was. Errors: 400 a run is being worked on
/// (named), or the partners known here are another Odoo's; 503 Odoo is away or refuses the robot. A run that fails says so in its row.
/// </summary>
public sealed partial class RunSync(
    IServiceScopeFactory scopes, SyncTurns turns, OdooClient client, OdooOptions options, HomeOrganization home, TimeProvider time, ILogger<RunSync> logger)
{
    // Written together: what a transaction costs by itself is shared by so many pages.
    private const int PagesAtOnce = 4;
    private const int IdsAtOnce = 20_000;
    private const int MaxLooks = 40;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private static readonly Error NothingOpen = Error.Rule("No run of the sync is open.");

    private readonly Caller robot = Caller.System(home.Id);

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
        return opened.Succeeded(out var run, out var refused) ? await WorkAsync(run, order, tell, cancellation) : refused;
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

            await foreach (var step in StepsAsync(run, phase, phase == run.Phase ? run.AfterId : 0, cancellation).ReadAheadAsync(cancellation))
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

    private IAsyncEnumerable<SyncStep> StepsAsync(SyncRun run, SyncPhase phase, long after, CancellationToken cancellation) => phase switch
    {
        SyncPhase.Active => PagesAsync(new PartnerQuery(after, options.PageSize) { IsActive = true, Since = run.Since }, cancellation),
        SyncPhase.Archived => PagesAsync(new PartnerQuery(after, options.PageSize) { IsActive = false, Since = run.Since }, cancellation),
        SyncPhase.Known => NumbersAsync(after, cancellation),
        _ => UnreadAsync(after, cancellation),
    };

    private async IAsyncEnumerable<SyncStep> PagesAsync(PartnerQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var partners = scope.ServiceProvider.GetRequiredService<OdooPartners>();
        var after = query.After;
        await foreach (var pages in partners.ReadPagesAsync(query, cancellation).Chunk(PagesAtOnce))
        {
            after = pages.Max(page => page.LastId) ?? after;
            yield return new SyncStep(after) { Batch = Batch(pages) };
        }
    }

    private async IAsyncEnumerable<SyncStep> NumbersAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var partners = scope.ServiceProvider.GetRequiredService<OdooPartners>();
        for (var isEnd = false; !isEnd;)
        {
            var ids = await partners.ReadIdsAsync(after, IdsAtOnce, cancellation);
            isEnd = ids.Count < IdsAtOnce;
            yield return new SyncStep(isEnd ? long.MaxValue : ids[^1]) { Numbers = ids, Above = after };
            after = isEnd ? after : ids[^1];
        }
    }

    // What is asked for by its number and does not come is gone by now.
    private async IAsyncEnumerable<SyncStep> UnreadAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var partners = scope.ServiceProvider.GetRequiredService<OdooPartners>();
        while (await InScopeAsync<KnownPartners, List<long>>(known => known.UnreadAsync(after, options.PageSize, cancellation)) is { Count: > 0 } unread)
        {
            var page = await partners.ReadAsync(new PartnerQuery(0, unread.Count) { Ids = unread }, cancellation);
            after = unread[^1];
            yield return new SyncStep(after) { Batch = Batch([page]), Asked = unread };
        }
    }

    private static PartnerBatch Batch(IReadOnlyList<PartnerPage> pages) => new(
        [.. pages.SelectMany(page => page.Partners)], [.. pages.SelectMany(page => page.Unreadable).Select(row => new PartnerNote(row.Id, row.Reason))]);

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
                ticket, phase, step.AfterId, step.Batch?.Partners.Count ?? 0, step.Batch?.Partners.Max(partner => (DateTimeOffset?)partner.WriteDate), cancellation)
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

    /// <summary>What is written down together, and how far the run is then: a batch of partners, or the numbers of all up to there.</summary>
    private sealed record SyncStep(long AfterId)
    {
        public PartnerBatch? Batch { get; init; }

        public IReadOnlyList<long> Numbers { get; init; } = [];

        public long Above { get; init; }

        /// <summary>The partners that were asked for by their numbers.</summary>
        public List<long> Asked { get; init; } = [];

        /// <summary>Those of them that did not come.</summary>
        public IReadOnlyList<long>? Missing => Batch is null || Asked.Count == 0
            ? null
            : [.. Asked.Except(Batch.Partners.Select(partner => partner.Id)).Except(Batch.Unreadable.Select(note => note.PartnerId))];
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
