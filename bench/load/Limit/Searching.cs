using Npgsql;

namespace Limit;

/// <summary>
/// Customers with a text of three or more letters anywhere in their search text, the newest first, and the exact total.
/// </summary>
internal sealed class Searching(NpgsqlDataSource source)
{
    private const int TotalColumn = 29;

    // The matches are found once, by ix_customers_search, then counted and sorted for the page.
    private const string Sql =
        $"""
        WITH found AS MATERIALIZED (
            SELECT id, created_at FROM customers.customers
            WHERE organization_id = $1 AND search_text LIKE '%' || customers.plain($2) || '%'),
        page AS (SELECT id FROM found ORDER BY created_at DESC, id DESC OFFSET $3 LIMIT $4)
        SELECT {Rows.ListColumns}, total.count
        FROM (SELECT count(*) FROM found) total LEFT JOIN (page JOIN customers.customers USING (id)) ON true
        ORDER BY created_at DESC, id DESC
        """;

    public async Task SearchAsync(HttpContext http)
    {
        var wanted = (await http.Request.ReadFromJsonAsync(LimitJson.Default.SearchRequest, http.RequestAborted))!;
        var found = await FindAsync(wanted, http.RequestAborted);
        await http.Response.WriteAsJsonAsync(found, LimitJson.Default.SearchAnswer, cancellationToken: http.RequestAborted);
    }

    private async Task<SearchAnswer> FindAsync(SearchRequest wanted, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Home.Organization });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = wanted.Query });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (wanted.Page - 1L) * wanted.Limit });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = wanted.Limit });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<ListItem>(wanted.Limit);
        var total = 0L;
        while (await rows.ReadAsync(cancellationToken))
        {
            total = rows.GetInt64(TotalColumn);
            if (!rows.IsDBNull(0))
            {
                page.Add(Rows.ReadListItem(rows));
            }
        }

        return new(page, total, wanted.Page, wanted.Limit, (total + wanted.Limit - 1) / wanted.Limit, TotalIsExact: true);
    }
}
