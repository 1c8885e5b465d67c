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
/// Computes what a full sync would do: reads every partner, decides by the same rules, and writes nothing. Memory grows with the number of
/// changed partners, and by the id of each other one. Errors: 503 where the ERP is unavailable or rejects Patron's user.
/// </summary>
public sealed class PreviewSync(
    IServiceScopeFactory scopes, IErpConnector connector, ErpOwnership ownership, HomeOrganization home, TimeProvider time)
{
    private const int BatchSize = 4000;

    public async Task<Result<SyncFigures>> HandleAsync(Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            var expected = await connector.CountAsync(cancellationToken);
            var preview = new Preview();
            report(new SyncProgress(SyncPhase.Pages, 0, expected));
            await foreach (var page in connector.ReadPagesAsync(since: null, after: null,
                cancellationToken).ReadAheadAsync(cancellationToken))
            {
                await using var scope = scopes.CreateBackgroundScope();
                await ReadAsync(preview, page, scope.ServiceProvider.GetRequiredService<PendingPartners>(), cancellationToken);
                report(new SyncProgress(SyncPhase.Pages, preview.Total, expected));
            }

            await DecideAsync(preview, cancellationToken);
            await using var countScope = scopes.CreateBackgroundScope();
            return preview.ToFigures(
                await countScope.ServiceProvider.GetRequiredService<CountPartners>().CountCustomersAsync(cancellationToken),
                time.GetElapsedTime(began));
        }
        catch (ErpException failure)
        {
            return new Error(ErrorKind.Unavailable, "erp_unavailable", failure.Message);
        }
    }

    private static async Task ReadAsync(
        Preview preview, PartnerPage page, PendingPartners pendingPartners, CancellationToken cancellationToken)
    {
        var failed = page.Unreadable.ToList();
        var read = pendingPartners.Read(page.Partners, failed);
        preview.Failed.AddRange(failed);
        preview.Listed.AddRange(page.Partners.Select(partner => partner.Id).Concat(page.Unreadable.Select(note => note.PartnerId)));
        foreach (var (data, row, isNew) in await pendingPartners.CompareAsync(read, isFull: true, cancellationToken))
        {
            if (isNew)
            {
                preview.Changed.Add((data, row, isNew));
            }
            else
            {
                preview.Count(new PartnerDecision(data, row!.Status));
            }
        }
    }

    // In the order of a run: release removed addresses, unlink customers of gone partners, then claim addresses by rank.
    private async Task DecideAsync(Preview preview, CancellationToken cancellationToken)
    {
        await using var readScope = scopes.CreateBackgroundScope();
        var removed = readScope.ServiceProvider.GetRequiredService<PendingPartners>().FindRemovedAddresses(preview.Changed).ToHashSet();
        preview.Gone.UnionWith(
            await readScope.ServiceProvider.GetRequiredService<PartnerKeys>().FindUnlistedAsync(preview.Listed, cancellationToken));
        List<PartnerData> existing = [.. preview.Changed.Where(one => one.Row is not null).Select(one => one.Data)];
        var claimed = new Dictionary<string, PartnerTarget>(StringComparer.Ordinal);
        var now = time.GetDatabaseNow();
        var byRank = preview.Changed.Select(one => one.Data).OrderBy(data => !data.Partner.IsActive).ThenBy(data => data.Partner.Rank)
            .ThenBy(data => data.Partner.Id, StringComparer.Ordinal);
        foreach (var batch in byRank.Chunk(BatchSize))
        {
            await using var scope = scopes.CreateBackgroundScope();
            var rows = await scope.ServiceProvider.GetRequiredService<PartnerLedger>()
                .ReadRowsAsync([.. batch.Select(data => data.Partner.Id)], cancellationToken);
            var (snapshot, _) = await scope.ServiceProvider.GetRequiredService<PartnerImporter>()
                .TakeSnapshotAsync(Caller.System(home.Id), batch, rows, cancellationToken, existing);
            snapshot.Assume(removed, preview.Gone, claimed, now);
            var matcher = new PartnerMatcher(connector.Source, ownership, snapshot, now);
            foreach (var data in batch)
            {
                preview.Count(matcher.Decide(data));
            }
        }
    }

    /// <summary>The counted results.</summary>
    private sealed class Preview
    {
        private readonly Dictionary<string, long> skipped = EnumNames<SkipReason>.All.ToDictionary(
            reason => reason, _ => 0L, StringComparer.Ordinal);
        private readonly List<(long Rank, PartnerIssue Note)> warnings = [];
        private (long Created, long Updated, long Unchanged, long Conflicts, long Erased) counts;

        public List<PartnerIssue> Failed { get; } = [];

        /// <summary>The changed partners with their ledger rows.</summary>
        public List<(PartnerData Data, LedgerRow? Row, bool IsNew)> Changed { get; } = [];

        /// <summary>The ids of all partners, and the known ones that are not among them.</summary>
        public List<string> Listed { get; } = [];

        public HashSet<string> Gone { get; } = new(StringComparer.Ordinal);

        public long Total =>
            counts.Created + counts.Updated + counts.Unchanged + counts.Conflicts + counts.Erased + skipped.Values.Sum() + Failed.Count;

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

            if (decision.Status.State is not (PartnerState.Skipped or PartnerState.Erased)
                && decision.Data.Warnings(DateOnly.MaxValue) is { Length: > 0 } invalidFields)
            {
                warnings.Add((decision.Data.Partner.Rank, new PartnerIssue(decision.Data.Partner.Id, string.Join(", ", invalidFields))));
            }
        }

        public SyncFigures ToFigures(CustomerFigures customers, TimeSpan duration) => new(
            Total, counts.Created, counts.Updated, counts.Unchanged, SyncFigures.SkippedBy(reason => skipped[reason], counts.Erased),
            counts.Conflicts, Failed.Count, customers, (long)duration.TotalMilliseconds)
        {
            Gone = Gone.Count,
            Warnings = [
                .. warnings.OrderBy(one => one.Rank).ThenBy(one => one.Note.PartnerId, StringComparer.Ordinal).Select(one => one.Note)
                .Take(CountPartners.ListLength)],
            Failed = [.. Failed.Take(CountPartners.ListLength)],
        };
    }
}
