using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>Shared by the readers of all kinds of documents.</summary>
internal static class DocumentList
{
    private const int BatchSize = 1000;

    /// <summary>
    /// The condition for documents of a commercial entity: a company with its contacts, or a person without a company. Patron's user may
    /// read all documents, so this condition separates customers; a subsidiary that is a company is an entity of its own. The optional
    /// path, ending with a full stop, leads from the records to their documents.
    /// </summary>
    public static OdooDomain Of(long commercialPartner, string path = "") =>
        OdooDomain.All.And(path + "partner_id.commercial_partner_id", "=", commercialPartner);

    /// <summary>The records of the page, and the number of all records in the domain.</summary>
    public static async Task<ErpList<T>> ReadAsync<T>(
        OdooClient client, OdooSearch search, DocumentQuery query, Func<OdooRow, T> read, CancellationToken cancellationToken)
    {
        var rows = await client.SearchReadAsync(search with { Offset = query.Offset, Limit = query.PageSize }, cancellationToken);
        var isLastPage = rows.Count < query.PageSize && (rows.Count > 0 || query.Offset == 0);
        var total = isLastPage ? query.Offset + rows.Count : await client.CountAsync(search.Model, search.Domain, cancellationToken);
        return new ErpList<T>(total, [.. rows.Select(row => read(new OdooRow(row)))]);
    }

    /// <summary>Adds the condition that one of these fields contains what is searched for.</summary>
    public static OdooDomain AndFound(this OdooDomain domain, DocumentQuery query, params string[] fields) =>
        query.Search is { } text ? domain.AndAnyContains(fields, text) : domain;

    /// <summary>All records, page by page. A domain is changed by added conditions, so each page creates a new one.</summary>
    public static async Task<IReadOnlyList<OdooRow>> ReadAllAsync(
        OdooClient client, string model, Func<OdooDomain> domain, IReadOnlyList<string> fields, CancellationToken cancellationToken)
    {
        var all = new List<OdooRow>();
        int read;
        do
        {
            var after = all.Count > 0 ? all[^1].Id : 0;
            var rows = await client.SearchReadAsync(
                new OdooSearch(model, domain().And("id", ">", after), fields) { Order = "id", Limit = BatchSize }, cancellationToken);
            all.AddRange(rows.Select(row => new OdooRow(row)));
            read = rows.Count;
        }
        while (read == BatchSize);

        return all;
    }

    /// <summary>An amount, rounded to remove floating-point errors.</summary>
    public static decimal Money(this OdooRow row, string field) => decimal.Round(row.Amount(field) ?? 0, 6);

    /// <summary>The document's number, or its id.</summary>
    public static string NumberOrId(this OdooRow row, string field) => row.Text(field) ?? $"#{row.Id}";
}
