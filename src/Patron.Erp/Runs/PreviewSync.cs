using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Erp.Partners;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Erp.Runs;

/// <summary>
/// What a full run of the sync would do: it reads every partner, decides by the same rules as a run, and writes nothing, not even a row of its own.
/// Memory grows with the number of partners that say something new, and by the key of each other one. Errors: 503 the ERP is away or refuses Patron's user.
/// </summary>
public sealed class PreviewSync(IServiceScopeFactory scopes, IErpConnector connector, ErpOwnership ownership, HomeOrganization home, TimeProvider time)
{
    private const int DecidedAtOnce = 4000;

    public async Task<Result<SyncFigures>> HandleAsync(Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            var expected = await connector.CountAsync(cancellationToken);
            var preview = new Preview();
            report(new SyncProgress(SyncPhase.Pages, 0, expected));
            await foreach (var page in connector.ReadPagesAsync(since: null, after: null, cancellationToken).ReadAheadAsync(cancellationToken))
            {
                await using var scope = scopes.CreateBackgroundScope();
                await ReadAsync(preview, page, scope.ServiceProvider.GetRequiredService<PartnerReadings>(), cancellationToken);
                report(new SyncProgress(SyncPhase.Pages, preview.Total, expected));
            }

            await DecideAsync(preview, cancellationToken);
            await using var counting = scopes.CreateBackgroundScope();
            return preview.ToFigures(await counting.ServiceProvider.GetRequiredService<CountPartners>().CustomersAsync(cancellationToken), time.GetElapsedTime(began));
        }
        catch (ErpException failure)
        {
            return new Error(ErrorKind.Unavailable, failure.Message);
        }
    }

    private static async Task ReadAsync(Preview preview, PartnerPage page, PartnerReadings readings, CancellationToken cancellationToken)
    {
        var failed = page.Unreadable.ToList();
        var read = readings.Read(page.Partners, failed);
        preview.Failed.AddRange(failed);
        preview.Listed.AddRange(page.Partners.Select(partner => partner.Id).Concat(page.Unreadable.Select(note => note.PartnerId)));
        foreach (var (facts, row, isNew) in await readings.CompareAsync(read, isFull: true, cancellationToken))
        {
            if (isNew)
            {
                preview.Waiting.Add((facts, row, isNew));
            }
            else
            {
                preview.Count(new PartnerDecision(facts, row!.Status));
            }
        }
    }

    // As a run does: all that was left is released, and customers whose partners are gone let go; then partners claim by rank.
    private async Task DecideAsync(Preview preview, CancellationToken cancellationToken)
    {
        await using var looking = scopes.CreateBackgroundScope();
        var left = looking.ServiceProvider.GetRequiredService<PartnerReadings>().FindLeftAddresses(preview.Waiting).ToHashSet();
        preview.Gone.UnionWith(await looking.ServiceProvider.GetRequiredService<PartnerKeys>().FindUnlistedAsync(preview.Listed, cancellationToken));
        List<PartnerFacts> known = [.. preview.Waiting.Where(one => one.Row is not null).Select(one => one.Facts)];
        var claimed = new Dictionary<string, PartnerTarget>(StringComparer.Ordinal);
        var now = time.GetDatabaseNow();
        var byRank = preview.Waiting.Select(one => one.Facts).OrderBy(facts => !facts.Partner.IsActive).ThenBy(facts => facts.Partner.Rank)
            .ThenBy(facts => facts.Partner.Id, StringComparer.Ordinal);
        foreach (var batch in byRank.Chunk(DecidedAtOnce))
        {
            await using var scope = scopes.CreateBackgroundScope();
            var rows = await scope.ServiceProvider.GetRequiredService<PartnerLedger>().RowsAsync([.. batch.Select(facts => facts.Partner.Id)], cancellationToken);
            var (snapshot, _) = await scope.ServiceProvider.GetRequiredService<PartnerImporter>().TakeSnapshotAsync(Caller.System(home.Id), batch, rows, cancellationToken, known);
            snapshot.Assume(left, preview.Gone, claimed, now);
            var matcher = new PartnerMatcher(connector.Source, ownership, snapshot, now);
            foreach (var facts in batch)
            {
                preview.Count(matcher.Decide(facts));
            }
        }
    }

    /// <summary>What a run would do, counted.</summary>
    private sealed class Preview
    {
        private readonly Dictionary<string, long> skipped = EnumNames<SkipReason>.All.ToDictionary(reason => reason, _ => 0L, StringComparer.Ordinal);
        private readonly List<(long Rank, PartnerNote Note)> warnings = [];
        private (long Created, long Updated, long Unchanged, long Conflicts, long Erased) counts;

        public List<PartnerNote> Failed { get; } = [];

        /// <summary>What is new, with its line of the ledger.</summary>
        public List<(PartnerFacts Facts, LedgerRow? Row, bool IsNew)> Waiting { get; } = [];

        /// <summary>The keys of all partners, and those that are known and not among them.</summary>
        public List<string> Listed { get; } = [];

        public HashSet<string> Gone { get; } = new(StringComparer.Ordinal);

        public long Total => counts.Created + counts.Updated + counts.Unchanged + counts.Conflicts + counts.Erased + skipped.Values.Sum() + Failed.Count;

        public void Count(PartnerDecision decision)
        {
            switch (decision)
            {
                case { Status.State: PartnerState.Skipped }:
                    skipped[decision.Status.Reason!]++;
                    break;
                case { Status.State: PartnerState.Erased }:
                    counts.Erased++;
                    break;
                case { Status.State: PartnerState.Conflict }:
                    counts.Conflicts++;
                    break;
                case { Outcome: PartnerOutcome.Created }:
                    counts.Created++;
                    break;
                case { Outcome: not null }:
                    counts.Updated++;
                    break;
                default:
                    counts.Unchanged++;
                    break;
            }

            if (decision.Status.State is not (PartnerState.Skipped or PartnerState.Erased) && decision.Facts.Warnings(DateOnly.MaxValue) is { Length: > 0 } odd)
            {
                warnings.Add((decision.Facts.Partner.Rank, new PartnerNote(decision.Facts.Partner.Id, string.Join(", ", odd))));
            }
        }

        public SyncFigures ToFigures(CustomerFigures customers, TimeSpan duration) => new(
            Total, counts.Created, counts.Updated, counts.Unchanged, SyncFigures.SkippedBy(reason => skipped[reason], counts.Erased), counts.Conflicts, Failed.Count, customers, (long)duration.TotalMilliseconds)
        {
            Gone = Gone.Count,
            Warnings = [.. warnings.OrderBy(one => one.Rank).ThenBy(one => one.Note.PartnerId, StringComparer.Ordinal).Select(one => one.Note).Take(CountPartners.ListLength)],
            Failed = [.. Failed.Take(CountPartners.ListLength)],
        };
    }
}
