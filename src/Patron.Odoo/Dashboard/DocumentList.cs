using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>What the readers of all kinds of documents share.</summary>
internal static class DocumentList
{
    private const int Shown = 50;
    private const int BatchSize = 1000;

    /// <summary>
    /// Documents of a commercial entity: a company with its contacts, or somebody who stands for themselves. The robot may see everybody's, so this
    /// condition is what keeps customers apart; a subsidiary that is a company itself is another entity. A path, ending with a full stop, leads from the
    /// records to their documents.
    /// </summary>
    public static OdooDomain Of(long commercialPartner, string path = "") => OdooDomain.All.And(path + "partner_id.commercial_partner_id", "=", commercialPartner);

    /// <summary>The first fifty, and how many there are.</summary>
    public static async Task<ErpList<T>> ReadAsync<T>(OdooClient client, OdooSearch search, Func<OdooRow, T> read, CancellationToken cancellationToken)
    {
        var rows = await client.SearchReadAsync(search with { Limit = Shown }, cancellationToken);
        var total = rows.Count < Shown ? rows.Count : await client.CountAsync(search.Model, search.Domain, cancellationToken);
        return new ErpList<T>(total, [.. rows.Select(row => read(new OdooRow(row)))]);
    }

    /// <summary>All of them, page by page. A domain grows by what is added to it, so each page gets a new one.</summary>
    public static async Task<IReadOnlyList<OdooRow>> ReadAllAsync(OdooClient client, string model, Func<OdooDomain> domain, IReadOnlyList<string> fields, CancellationToken cancellationToken)
    {
        var all = new List<OdooRow>();
        int read;
        do
        {
            var after = all.Count > 0 ? all[^1].Id : 0;
            var rows = await client.SearchReadAsync(new OdooSearch(model, domain().And("id", ">", after), fields) { Order = "id", Limit = BatchSize }, cancellationToken);
            all.AddRange(rows.Select(row => new OdooRow(row)));
            read = rows.Count;
        }
        while (read == BatchSize);

        return all;
    }

    /// <summary>An amount without what a float adds to it.</summary>
    public static decimal Money(this OdooRow row, string field) => decimal.Round(row.Amount(field) ?? 0, 6);

    /// <summary>The document's own number, or the one it is kept by.</summary>
    public static string NumberOrId(this OdooRow row, string field) => row.Text(field) ?? $"#{row.Id}";
}
