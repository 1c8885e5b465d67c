using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Sync;
using Patron.Odoo.Client;
using Patron.Shared.Background;

namespace Patron.Odoo.Sync;

/// <summary>What is written down together, and how far the run is then: a batch of partners, or the numbers of all up to there.</summary>
internal sealed record SyncStep(long AfterId)
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

/// <summary>Reads from Odoo what each phase of a run is about.</summary>
internal sealed class SyncReader(IServiceScopeFactory scopes, OdooOptions options)
{
    // Written together: what a transaction costs by itself is shared by so many pages.
    private const int PagesAtOnce = 4;
    private const int IdsAtOnce = 20_000;

    /// <summary>The steps of a phase after this partner, to its end.</summary>
    public IAsyncEnumerable<SyncStep> ReadAsync(SyncRun run, SyncPhase phase, long after, CancellationToken cancellation) => phase switch
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
        while (await FindUnreadAsync(after, cancellation) is { Count: > 0 } unread)
        {
            var page = await partners.ReadAsync(new PartnerQuery(0, unread.Count) { Ids = unread }, cancellation);
            after = unread[^1];
            yield return new SyncStep(after) { Batch = Batch([page]), Asked = unread };
        }
    }

    // In a scope of its own, whose connection is given back before Odoo is asked.
    private async Task<List<long>> FindUnreadAsync(long after, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateBackgroundScope();
        return await scope.ServiceProvider.GetRequiredService<KnownPartners>().UnreadAsync(after, options.PageSize, cancellation);
    }

    private static PartnerBatch Batch(IReadOnlyList<PartnerPage> pages) => new(
        [.. pages.SelectMany(page => page.Partners)], [.. pages.SelectMany(page => page.Unreadable).Select(row => new PartnerNote(row.Id, row.Reason))]);
}
