using System.Runtime.CompilerServices;
using System.Text.Json;
using Patron.Erp;
using Patron.Shared;

namespace Patron.Odoo.Client;

/// <summary>
/// Reads <c>res.partner</c> in pages by ascending id, an order that stays stable while rows are added and deleted. Only stored fields are
/// read, because computed ones cost fifteen times as much. One instance per run: it caches which partners are the company itself.
/// </summary>
public sealed class OdooPartners(OdooClient client)
{
    private const string Model = "res.partner";

    // More unreadable rows than this in one page have another cause.
    private const int MaxUnreadable = 50;

    private IReadOnlySet<long>? ownCompanies;

    /// <summary>The ids after this one, including archived partners.</summary>
    public Task<IReadOnlyList<long>> ReadIdsAsync(long after, int limit, CancellationToken cancellationToken) =>
        client.SearchAsync(
            new OdooSearch(Model, OdooDomain.All.And("id", ">", after), []) { Order = "id", Limit = limit, WithArchived = true },
            cancellationToken);

    /// <summary>
    /// The partners of a query. If one row makes the whole page fail, the page is read in halves until that row is isolated and the others
    /// are read.
    /// </summary>
    public async Task<OdooPage> ReadAsync(PartnerQuery query, CancellationToken cancellationToken) =>
        (await ReadRowsAsync(query, cancellationToken)).ToPage();

    /// <summary>
    /// The pages of a query, including the last one, which may be empty. The next page is requested while the caller processes the current
    /// one.
    /// </summary>
    public IAsyncEnumerable<OdooPage> ReadPagesAsync(PartnerQuery query, CancellationToken cancellationToken) =>
        ReadAllRowsAsync(query, cancellationToken).ReadAheadAsync(cancellationToken).Select(rows => rows.ToPage());

    /// <summary>The partners that represent the company's own companies; none where Patron's user may not read them.</summary>
    public async Task<IReadOnlyList<long>> ReadCompanyPartnersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var companies = await client.SearchReadAsync(
                new OdooSearch("res.company", OdooDomain.All, ["partner_id"]) { WithArchived = true }, cancellationToken);
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
        var search = await CreateSearchAsync(query, cancellationToken);
        var rows = new Rows(ownCompanies);
        try
        {
            rows.Add(await client.SearchReadAsync(search, cancellationToken));
        }
        catch (OdooException failure) when (MayBeCausedByOneRow(failure))
        {
            await ReadPartsAsync(search, await client.SearchAsync(search, cancellationToken), rows, failure, cancellationToken);
        }

        return rows;
    }

    private async Task<OdooSearch> CreateSearchAsync(PartnerQuery query, CancellationToken cancellationToken)
    {
        var availableFields = await client.FieldsOfAsync(Model, cancellationToken);
        return new OdooSearch(
            Model, query.ToDomain(),
            [.. PartnerRow.Fields.Where(field => availableFields.TryGetValue(field, out var kind) && kind.IsStored)])
        {
            Order = "id", Limit = query.Limit, WithArchived = true,
        };
    }

    private static bool MayBeCausedByOneRow(OdooException failure) => failure.Kind is OdooFailure.Failed or OdooFailure.Denied;

    // The search succeeded, so reading fails. Split in halves, down to one row.
    private async Task ReadPartsAsync(
        OdooSearch search, IReadOnlyList<long> ids, Rows rows, OdooException failure, CancellationToken cancellationToken)
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
            catch (OdooException halfFailure) when (MayBeCausedByOneRow(halfFailure))
            {
                await ReadPartsAsync(search, half, rows, halfFailure, cancellationToken);
            }
        }
    }

    /// <summary>A page of unparsed rows, enough to request the next page.</summary>
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
            List<(long, string)> allUnreadable = [.. unreadable];
            foreach (var row in rows)
            {
                try
                {
                    partners.Add(PartnerRow.Read(row, ownCompanies));
                }
                catch (Exception exception) when (exception is FormatException or InvalidOperationException
                    && new OdooRow(row).Number("id") is { } id)
                {
                    // InvalidOperationException: half of a surrogate pair in a text.
                    allUnreadable.Add(
                        (id, exception is FormatException ? exception.Message : "It holds a text that is not valid Unicode."));
                }
            }

            return new OdooPage(partners, allUnreadable, LastId);
        }
    }
}
