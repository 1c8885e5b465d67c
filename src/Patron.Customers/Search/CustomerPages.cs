using System.Text.Json;
using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Customers.Search;

/// <summary>
/// A page of customers and the total number of matches; above <see cref="CustomerPages.ExactUpTo"/> the total may be an estimate.
/// </summary>
public sealed record CustomerPage(IReadOnlyList<Customer> Customers, long Total, bool TotalIsExact)
{
    /// <summary>For pages by customer number: the number after which the next page begins; null on the last.</summary>
    public long? Next { get; init; }
}

/// <summary>The columns that a page reads.</summary>
internal sealed class PageColumns
{
    private readonly Field<Customer>[] fields;

    private PageColumns(IReadOnlyList<Field<Customer>> fields) => (this.fields, Names) = ([.. fields], fields.Names("c."));

    /// <summary>The columns of source 5's lists.</summary>
    public static PageColumns Listed { get; } = new(CustomerSchema.Listed);

    /// <summary>The whole record.</summary>
    public static PageColumns All { get; } = new(CustomerSchema.Fields.All);

    /// <summary>The column list of a statement, of a table with the alias <c>c</c>.</summary>
    public string Names { get; }

    /// <summary>Reads a row for staff, who alone list and search.</summary>
    public Customer Read(RowCursor row) => row.Record(fields, new Customer()).ForReader(FieldReader.Staff);
}

/// <summary>A page: after a customer's number (a cursor, in lists by number), skipping some rows, with a maximum number of rows.</summary>
internal sealed record PageRequest(CustomerOrder Order, long After, long Skip, int Limit);

/// <summary>
/// Reads pages with queries that are fast for a million customers. Totals that counters have cost nothing, and an index has the order.
/// Other matches are found once, up to a limit, then counted and sorted; above the limit matches are so common that reading in the order of
/// the index finds a page soon. So no query depends on a good estimate of the planner.
/// </summary>
internal sealed class CustomerPages(DatabaseSession session, PageColumns columns, CompletedMigrations finished)
{
    /// <summary>Totals up to here are exact (contract, 'Dialect: customers').</summary>
    public const long ExactUpTo = 100_000;

    // The keys of customers.activity_of.
    private static readonly (bool IsActive, bool IsVerified, string Key)[] Activities =
        [(true, true, "active verified"), (true, false, "active"), (false, true, "inactive verified"), (false, false, "inactive")];

    public Task<CustomerPage> ReadAsync(
        Guid organizationId, CustomerCriteria criteria, PageRequest page, CancellationToken cancellationToken,
        MatchingAccounts? accounts = null) => session.OnConnectionAsync(
        async connection =>
        {
            var countries = criteria.Country is { } country
                ? await CountryTexts.FindAsync(connection, organizationId, country, criteria.WholePlaces, cancellationToken)
                : null;
            var conditions = new CustomerConditions(organizationId, criteria, finished.Contains(TagKeys.Name), accounts, countries);
            return criteria.CanUseCounters
                ? await ReadCountedAsync(connection, conditions, criteria, page, cancellationToken)
                : await ReadMatchesAsync(connection, conditions, page, cancellationToken);
        },
        cancellationToken);

    private async Task<CustomerPage> ReadCountedAsync(
        NpgsqlConnection connection, CustomerConditions conditions, CustomerCriteria criteria, PageRequest page,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(CountCommand(conditions, criteria));
        batch.BatchCommands.Add(OrderedCommand(conditions, page));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var total = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        return Page(await RowsAsync(reader, page, cancellationToken), total, totalIsExact: true, page);
    }

    private async Task<CustomerPage> ReadMatchesAsync(
        NpgsqlConnection connection, CustomerConditions conditions, PageRequest page, CancellationToken cancellationToken)
    {
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(MatchesCommand(conditions, page));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            var rows = new List<Customer>();
            var total = 0L;
            while (await reader.ReadAsync(cancellationToken))
            {
                total = reader.GetInt64(0);
                if (!reader.IsDBNull(1))
                {
                    rows.Add(columns.Read(new RowCursor(reader, first: 1)));
                }
            }

            if (total <= ExactUpTo)
            {
                return Page(rows, total, totalIsExact: true, page);
            }
        }

        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(conditions.Command($"EXPLAIN (FORMAT JSON) SELECT FROM customers.customers WHERE {conditions.Sql}"));
            batch.BatchCommands.Add(OrderedCommand(conditions, page));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var estimate = EstimateOf(reader.GetString(0));
            await reader.NextResultAsync(cancellationToken);
            return Page(await RowsAsync(reader, page, cancellationToken), Math.Max(ExactUpTo + 1, estimate), totalIsExact: false, page);
        }
    }

    // Sums a few counters, and the changes since they were last folded.
    private static NpgsqlBatchCommand CountCommand(CustomerConditions conditions, CustomerCriteria criteria)
    {
        var keys = string.Join(", ", Activities
            .Where(
                activity => (criteria.IsActive ?? activity.IsActive) == activity.IsActive
                    && (criteria.IsVerified ?? activity.IsVerified) == activity.IsVerified)
            .Select(activity => $"'{activity.Key}'"));
        return conditions.Command(
            $"""
            SELECT (coalesce((SELECT sum(customers) FROM customers.counters WHERE organization_id = $1 AND dimension = 'activity' AND within = '' AND key IN ({keys})), 0)
                + coalesce((SELECT sum(customers) FROM customers.counter_changes WHERE organization_id = $1 AND activity IN ({keys})), 0))::bigint
            """);
    }

    // Reads in the order of the index. Skipped rows are skipped in the index alone.
    private NpgsqlBatchCommand OrderedCommand(CustomerConditions conditions, PageRequest page)
    {
        var order = page.Order;
        var rows =
            $"FROM customers.customers c WHERE {conditions.Sql} AND id > {conditions.AdditionalParameter(1)} ORDER BY {order.ToSql(order.Column)}";
        return page.Skip == 0
            ? conditions.Command($"SELECT {columns.Names} {rows} LIMIT {conditions.AdditionalParameter(2)}", page.After, RowsToRead(page))
            : conditions.Command(
                $"""
                SELECT {columns.Names}
                FROM (SELECT id {rows} OFFSET {conditions.AdditionalParameter(2)} LIMIT {conditions.AdditionalParameter(3)}) page
                JOIN customers.customers c USING (id) ORDER BY {order.ToSql($"c.{order.Column}")}
                """,
                page.After, page.Skip, RowsToRead(page));
    }

    // Finds every match once, by an index for the condition or, where nearly all rows match, by a scan that stops at the limit.
    private NpgsqlBatchCommand MatchesCommand(CustomerConditions conditions, PageRequest page) => conditions.Command(
        $"""
        WITH found AS MATERIALIZED (SELECT id, {page.Order.Column} AS key FROM customers.customers WHERE {conditions.Sql} LIMIT {ExactUpTo + 1}),
        page AS (
            SELECT id, key FROM found WHERE id > {conditions.AdditionalParameter(1)}
            ORDER BY {page.Order.ToSql("key")} OFFSET {conditions.AdditionalParameter(2)} LIMIT {conditions.AdditionalParameter(3)})
        SELECT total.count, {columns.Names}
        FROM (SELECT count(*) FROM found) total
        LEFT JOIN (page JOIN customers.customers c USING (id)) ON true
        ORDER BY {page.Order.ToSql("page.key")}
        """,
        page.After, page.Skip, RowsToRead(page));

    // One row more than requested shows whether there is a next page.
    private static long RowsToRead(PageRequest page) => page.Limit + 1L;

    private async Task<List<Customer>> RowsAsync(NpgsqlDataReader reader, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = new List<Customer>(Math.Min(page.Limit, 100) + 1);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(columns.Read(new RowCursor(reader)));
        }

        return rows;
    }

    private static CustomerPage Page(List<Customer> rows, long total, bool totalIsExact, PageRequest page)
    {
        if (rows.Count <= page.Limit)
        {
            return new CustomerPage(rows, total, totalIsExact);
        }

        rows.RemoveAt(page.Limit);
        return new CustomerPage(rows, total, totalIsExact) { Next = rows[^1].Id };
    }

    private static long EstimateOf(string plan)
    {
        using var document = JsonDocument.Parse(plan);
        return (long)document.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }
}
