using System.Globalization;
using System.Runtime.CompilerServices;
using Patron.Erp;
using Patron.Odoo.Client;
using Patron.Shared;

namespace Patron.Odoo;

/// <summary>
/// The sync's connector for Odoo. Partners are read by ascending id; a cursor is the last id and the latest time of a change.
/// </summary>
public sealed class OdooConnector(OdooClient client, OdooOptions options, TimeProvider time) : IErpConnector
{
    /// <summary>The key of this ERP.</summary>
    public const string SourceName = "odoo";

    /// <summary>
    /// Changes within this time before the last one are read again: a transaction may commit long after the time that it stored.
    /// </summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(15);

    // Several pages share the cost of one transaction.
    private const int PagesPerBatch = 4;
    private const int IdBatchSize = 20_000;

    public string Name => "Odoo";

    public string Source => SourceName;

    public string Identity => options.Identity;

    public Task CheckAsync(CancellationToken cancellationToken) =>
        client.CountAsync("res.partner", OdooDomain.All.And("id", "=", 0), cancellationToken);

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await client.VersionAsync(cancellationToken); // Detects an unavailable Odoo or wrong settings within half a minute.
        return await client.CountAsync("res.partner", OdooDomain.All.AndIn("active", [true, false]), cancellationToken);
    }

    public async IAsyncEnumerable<PartnerPage> ReadPagesAsync(
        string? since, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (id, written) = Cursor.Read(after) ?? new Cursor(0, Cursor.Read(since)?.Written);
        var query = new PartnerQuery(id, options.PageSize) { Since = Cursor.Read(since)?.Written - Overlap };
        await foreach (var pages in new OdooPartners(client).ReadPagesAsync(query, cancellationToken).Chunk(PagesPerBatch))
        {
            id = pages.Max(page => page.LastId) ?? id;
            written = Latest(written, pages.SelectMany(page => page.Partners).Max(partner => partner.WriteDate));
            yield return Page(pages, new Cursor(id, written).ToString());
        }
    }

    public async Task<PartnerPage> ReadAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        long[] numbers = [
            .. ids.Select(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)];
        return Page(
            [await new OdooPartners(client).ReadAsync(new PartnerQuery(0, numbers.Length) { Ids = numbers }, cancellationToken)],
            cursor: null);
    }

    public async IAsyncEnumerable<IReadOnlyList<string>> ReadIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<long> ids = [];
        do
        {
            ids = await new OdooPartners(client).ReadIdsAsync(ids.Count == 0 ? 0 : ids[^1], IdBatchSize, cancellationToken);
            yield return [.. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))];
        }
        while (ids.Count == IdBatchSize);
    }

    // This URL of a record works from 8 to 19; newer versions redirect it.
    public Uri FindLink(string id) =>
        new($"{options.Url!.TrimEnd('/')}/web#id={Uri.EscapeDataString(id)}&model=res.partner&view_type=form");

    // A single partner with a future time would hide later changes from all incremental runs.
    private DateTimeOffset? Latest(DateTimeOffset? latest, DateTimeOffset? read)
    {
        var now = time.GetUtcNow();
        var seen = read > now ? now : read;
        return latest is null || seen > latest ? seen : latest;
    }

    private static PartnerPage Page(IReadOnlyCollection<OdooPage> pages, string? cursor) => new(
        [.. pages.SelectMany(page => page.Partners)],
        [
            .. pages.SelectMany(page => page.Unreadable)
            .Select(row => new PartnerIssue(row.Id.ToString(CultureInfo.InvariantCulture), row.Reason))],
        cursor);

    /// <summary>
    /// The last id that was read, and the latest time of a change among all that were read: <c>4711 2026-11-29T01:00:00.0000000Z</c>.
    /// </summary>
    private readonly record struct Cursor(long After, DateTimeOffset? Written)
    {
        public static Cursor? Read(string? text)
        {
            if (text?.Split(' ', 2) is not [var after, .. var rest])
            {
                return null;
            }

            DateTimeOffset? written = rest is [var time]
                && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read)
                ? read
                : null;
            return new Cursor(long.Parse(after, CultureInfo.InvariantCulture), written);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{After} {Written?.UtcDateTime:O}").TrimEnd();
    }
}
