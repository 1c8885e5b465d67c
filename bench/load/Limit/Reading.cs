using System.Globalization;
using Npgsql;

namespace Limit;

/// <summary>Reads a customer by customer_id and pages of the list; 404 if there is none.</summary>
internal sealed class Reading(NpgsqlDataSource source)
{
    private const string OneSql = $"SELECT {Rows.Columns} FROM customers.customers WHERE customer_id = $1";

    private const string PageSql =
        $"SELECT {Rows.ListColumns} FROM customers.customers WHERE organization_id = $1 AND id > $2 ORDER BY id OFFSET $3 LIMIT $4";

    private const string CountSql = "SELECT count(*) FROM customers.customers WHERE organization_id = $1";

    public async Task GetAsync(HttpContext http)
    {
        if (await FindAsync(http) is not { } found)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Response.Headers.ETag = found.Tag;
        await http.Response.WriteAsJsonAsync(found.Answer, LimitJson.Default.Answer, cancellationToken: http.RequestAborted);
    }

    /// <summary>A page without the total.</summary>
    public async Task ListAsync(HttpContext http)
    {
        var page = await PageAsync(http);
        await http.Response.WriteAsJsonAsync(page, LimitJson.Default.ListListItem, cancellationToken: http.RequestAborted);
    }

    /// <summary>A page with the total, which Patron's contract requires for every list.</summary>
    public async Task ListCountedAsync(HttpContext http)
    {
        await using var count = source.CreateCommand(CountSql);
        count.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Home.Organization });
        var total = (long)(await count.ExecuteScalarAsync(http.RequestAborted))!;
        http.Response.Headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        await ListAsync(http);
    }

    // The connection is returned before the answer is sent.
    private async Task<TaggedAnswer?> FindAsync(HttpContext http)
    {
        await using var command = source.CreateCommand(OneSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = (string)http.Request.RouteValues["customer_id"]! });
        await using var row = await command.ExecuteReaderAsync(http.RequestAborted);
        return await row.ReadAsync(http.RequestAborted) ? Rows.Read(row) : null;
    }

    private async Task<List<ListItem>> PageAsync(HttpContext http)
    {
        var limit = (int)Number(http, "limit", 100);
        await using var command = source.CreateCommand(PageSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Home.Organization });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Number(http, "cursor", 0) });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Number(http, "skip", 0) });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = limit });
        await using var rows = await command.ExecuteReaderAsync(http.RequestAborted);
        var page = new List<ListItem>(limit);
        while (await rows.ReadAsync(http.RequestAborted))
        {
            page.Add(Rows.ReadListItem(rows));
        }

        return page;
    }

    private static long Number(HttpContext http, string name, long otherwise) =>
        http.Request.Query.TryGetValue(name, out var text) ? long.Parse(text.ToString(), CultureInfo.InvariantCulture) : otherwise;
}
