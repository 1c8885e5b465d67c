using System.Runtime.CompilerServices;
using System.Text.Json;
using Patron.Erp;
using Patron.Shared;

namespace Patron.Odoo.Client;

/// <summary>
/// The business partners, <c>res.partner</c>, in pages by ascending id: that order is stable while rows come and go. Only kept fields are asked for,
/// because computed ones cost fifteen times as much. One for each run: it remembers which partners are the company itself.
/// </summary>
public sealed class OdooPartners(OdooClient client)
{
    private const string Model = "res.partner";

    // So many bad rows in one page are no bad rows: something else is wrong.
    private const int MaxUnreadable = 50;

    private IReadOnlySet<long>? ownCompanies;

    /// <summary>The ids after this one, archived partners included.</summary>
    public Task<IReadOnlyList<long>> ReadIdsAsync(long after, int limit, CancellationToken cancellationToken) =>
        client.SearchAsync(new OdooSearch(Model, OdooDomain.All.And("id", ">", after), []) { Order = "id", Limit = limit, WithArchived = true }, cancellationToken);

    /// <summary>
    /// The partners of a query. Where a row lets the whole page fail, the page is read in ever smaller parts until that row is alone, and the rest is
    /// there.
    /// </summary>
    public async Task<OdooPage> ReadAsync(PartnerQuery query, CancellationToken cancellationToken) => (await ReadRowsAsync(query, cancellationToken)).ToPage();

    /// <summary>The pages of a query, to the last one, which may be empty. Odoo is at work on the next one while the caller has the last.</summary>
    public IAsyncEnumerable<OdooPage> ReadPagesAsync(PartnerQuery query, CancellationToken cancellationToken) =>
        ReadAllRowsAsync(query, cancellationToken).ReadAheadAsync(cancellationToken).Select(rows => rows.ToPage());

    /// <summary>The partners that are the company's own companies; none where the robot may not see them.</summary>
    public async Task<IReadOnlyList<long>> ReadCompanyPartnersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var companies = await client.SearchReadAsync(new OdooSearch("res.company", OdooDomain.All, ["partner_id"]) { WithArchived = true }, cancellationToken);
            return [.. companies.Select(company => new OdooRow(company).RelatedId("partner_id")).OfType<long>()];
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.Denied)
        {
            return [];
        }
    }

    private async IAsyncEnumerable<Rows> ReadAllRowsAsync(PartnerQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var isEnd = false; !isEnd;)
        {
            var rows = await ReadRowsAsync(query, cancellationToken);
            isEnd = rows.Count < query.Limit;
            query = query with { After = rows.LastId ?? query.After };
            yield return rows;
        }
    }

    private async Task<Rows> ReadRowsAsync(PartnerQuery query, CancellationToken cancellationToken)
    {
        ownCompanies ??= (await ReadCompanyPartnersAsync(cancellationToken)).ToHashSet();
        var search = await SearchOfAsync(query, cancellationToken);
        var rows = new Rows(ownCompanies);
        try
        {
            rows.Add(await client.SearchReadAsync(search, cancellationToken));
        }
        catch (OdooException failure) when (MayBeOneRow(failure))
        {
            await ReadPartsAsync(search, await client.SearchAsync(search, cancellationToken), rows, failure, cancellationToken);
        }

        return rows;
    }

    private async Task<OdooSearch> SearchOfAsync(PartnerQuery query, CancellationToken cancellationToken)
    {
        var known = await client.FieldsOfAsync(Model, cancellationToken);
        return new OdooSearch(Model, query.ToDomain(), [.. PartnerRow.Fields.Where(field => known.TryGetValue(field, out var kind) && kind.IsStored)])
        {
            Order = "id", Limit = query.Limit, WithArchived = true,
        };
    }

    private static bool MayBeOneRow(OdooException failure) => failure.Kind is OdooFailure.Wrong or OdooFailure.Denied;

    // The search found them, so reading is what fails. Halves, down to one.
    private async Task ReadPartsAsync(OdooSearch search, IReadOnlyList<long> ids, Rows rows, OdooException failure, CancellationToken cancellationToken)
    {
        if (ids.Count == 1)
        {
            rows.Add(ids[0], failure);
            return;
        }

        foreach (var half in ids.Chunk(Math.Max(1, (ids.Count + 1) / 2)))
        {
            try
            {
                rows.Add(await client.SearchReadAsync(search with { Domain = OdooDomain.All.AndIn("id", half) }, cancellationToken));
            }
            catch (OdooException inHalf) when (MayBeOneRow(inHalf))
            {
                await ReadPartsAsync(search, half, rows, inHalf, cancellationToken);
            }
        }
    }

    /// <summary>A page as Odoo wrote it: enough to ask for the next one.</summary>
    private sealed class Rows(IReadOnlySet<long> ownCompanies)
    {
        private readonly List<JsonElement> rows = [];
        private readonly List<(long Id, string Reason)> unreadable = [];

        public int Count => rows.Count + unreadable.Count;

        public long? LastId => rows.Select(row => new OdooRow(row).Number("id")).Concat(unreadable.Select(row => (long?)row.Id)).Max();

        public void Add(IReadOnlyList<JsonElement> more) => rows.AddRange(more);

        public void Add(long id, OdooException failure)
        {
            if (unreadable.Count == MaxUnreadable)
            {
                throw failure;
            }

            unreadable.Add((id, failure.Message));
        }

        public OdooPage ToPage()
        {
            var partners = new List<ErpPartner>(rows.Count);
            List<(long, string)> wrongOnes = [.. unreadable];
            foreach (var row in rows)
            {
                try
                {
                    partners.Add(PartnerRow.Read(row, ownCompanies));
                }
                catch (Exception wrong) when (wrong is FormatException or InvalidOperationException && new OdooRow(row).Number("id") is { } id)
                {
                    // InvalidOperationException: half of a surrogate pair in a text.
                    wrongOnes.Add((id, wrong is FormatException ? wrong.Message : "It holds a text that is not valid Unicode."));
                }
            }

            return new OdooPage(partners, wrongOnes, LastId);
        }
    }
}
