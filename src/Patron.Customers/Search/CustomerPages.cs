using System.Text.Json;
using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Customers.Search;

/// <summary>A page of customers, and how many match in all; above <see cref="CustomerPages.ExactUpTo"/> that may be an estimate.</summary>
public sealed record CustomerPage(IReadOnlyList<Customer> Customers, long Total, bool TotalIsExact)
{
    /// <summary>Where pages go by the number of the customer: after which one the next begins; null on the last.</summary>
    public long? Next { get; init; }
}

/// <summary>How much of each customer a page reads.</summary>
internal sealed class PageColumns
{
    private readonly Field<Customer>[] fields;

    private PageColumns(IReadOnlyList<Field<Customer>> fields) => (this.fields, Names) = ([.. fields], fields.Names("c."));

    /// <summary>What source 5's lists print.</summary>
    public static PageColumns Listed { get; } = new(CustomerSchema.Listed);

    /// <summary>The whole record.</summary>
    public static PageColumns All { get; } = new(CustomerSchema.Fields.All);

    /// <summary>As a statement names them, of a table with the alias <c>c</c>.</summary>
    public string Names { get; }

    public Customer Read(RowCursor row) => row.Record(fields, new Customer());
}

/// <summary>Which page is wanted: after a customer's number (a cursor, in lists by number), then so many skipped, then at most so many.</summary>
internal sealed record PageWanted(CustomerOrder Order, long After, long Skip, int Limit);

/// <summary>
/// Reads pages in shapes that hold at a million. What is counted anyway costs nothing to count, and an index has its order. Other
/// matches are found once, up to a limit: those are counted and sorted; where there are more, they are so common that walking the
/// order's index finds a page soon. So no plan depends on a good guess of the planner.
/// </summary>
internal sealed class CustomerPages(DatabaseSession session, PageColumns columns, FinishedMigrations finished)
{
    /// <summary>Totals up to here are exact (contract, 'Dialect: customers').</summary>
    public const long ExactUpTo = 100_000;

    // As customers.activity_of spells them.
    private static readonly (bool IsActive, bool IsVerified, string Key)[] Activities =
        [(true, true, "active verified"), (true, false, "active"), (false, true, "inactive verified"), (false, false, "inactive")];

    public Task<CustomerPage> ReadAsync(
        Guid organizationId, CustomerCriteria criteria, PageWanted page, CancellationToken cancellationToken, SoughtAccounts? accounts = null)
    {
        var conditions = new CustomerConditions(organizationId, criteria, finished.Contains(TagKeys.Name), accounts);
        return session.OnConnectionAsync(
            connection => criteria.AreCounted
                ? CountedAsync(connection, conditions, criteria, page, cancellationToken)
                : FoundAsync(connection, conditions, page, cancellationToken),
            cancellationToken);
    }

    private async Task<CustomerPage> CountedAsync(
        NpgsqlConnection connection, CustomerConditions conditions, CustomerCriteria criteria, PageWanted page, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(CountCommand(conditions, criteria));
        batch.BatchCommands.Add(InOrderCommand(conditions, page));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var total = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        return Page(await RowsAsync(reader, page, cancellationToken), total, totalIsExact: true, page);
    }

    private async Task<CustomerPage> FoundAsync(
        NpgsqlConnection connection, CustomerConditions conditions, PageWanted page, CancellationToken cancellationToken)
    {
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(FoundCommand(conditions, page));
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
            batch.BatchCommands.Add(InOrderCommand(conditions, page));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var estimate = EstimateOf(reader.GetString(0));
            await reader.NextResultAsync(cancellationToken);
            return Page(await RowsAsync(reader, page, cancellationToken), Math.Max(ExactUpTo + 1, estimate), totalIsExact: false, page);
        }
    }

    // A few counters by their key, and what was changed since they were folded.
    private static NpgsqlBatchCommand CountCommand(CustomerConditions conditions, CustomerCriteria criteria)
    {
        var keys = string.Join(", ", Activities
            .Where(activity => (criteria.IsActive ?? activity.IsActive) == activity.IsActive && (criteria.IsVerified ?? activity.IsVerified) == activity.IsVerified)
            .Select(activity => $"'{activity.Key}'"));
        return conditions.Command(
            $"""
            SELECT (coalesce((SELECT sum(customers) FROM customers.counters WHERE organization_id = $1 AND dimension = 'activity' AND within = '' AND key IN ({keys})), 0)
                + coalesce((SELECT sum(customers) FROM customers.counter_changes WHERE organization_id = $1 AND activity IN ({keys})), 0))::bigint
            """);
    }

    // Walks the order's index. What is skipped is passed over in the index alone, without a look at the rows.
    private NpgsqlBatchCommand InOrderCommand(CustomerConditions conditions, PageWanted page)
    {
        var order = page.Order;
        var rows = $"FROM customers.customers c WHERE {conditions.Sql} AND id > {conditions.Further(1)} ORDER BY {order.By(order.Column)}";
        return page.Skip == 0
            ? conditions.Command($"SELECT {columns.Names} {rows} LIMIT {conditions.Further(2)}", page.After, Wanted(page))
            : conditions.Command(
                $"""
                SELECT {columns.Names}
                FROM (SELECT id {rows} OFFSET {conditions.Further(2)} LIMIT {conditions.Further(3)}) page
                JOIN customers.customers c USING (id) ORDER BY {order.By($"c.{order.Column}")}
                """,
                page.After, page.Skip, Wanted(page));
    }

    // Finds every match once, by the condition's own index or, where nearly all match, by reading until there are enough.
    private NpgsqlBatchCommand FoundCommand(CustomerConditions conditions, PageWanted page) => conditions.Command(
        $"""
        WITH found AS MATERIALIZED (SELECT id, {page.Order.Column} AS key FROM customers.customers WHERE {conditions.Sql} LIMIT {ExactUpTo + 1}),
        page AS (
            SELECT id, key FROM found WHERE id > {conditions.Further(1)}
            ORDER BY {page.Order.By("key")} OFFSET {conditions.Further(2)} LIMIT {conditions.Further(3)})
        SELECT total.count, {columns.Names}
        FROM (SELECT count(*) FROM found) total
        LEFT JOIN (page JOIN customers.customers c USING (id)) ON true
        ORDER BY {page.Order.By("page.key")}
        """,
        page.After, page.Skip, Wanted(page));

    // One more than asked for tells whether there is a next page.
    private static long Wanted(PageWanted page) => page.Limit + 1L;

    private async Task<List<Customer>> RowsAsync(NpgsqlDataReader reader, PageWanted page, CancellationToken cancellationToken)
    {
        var rows = new List<Customer>(Math.Min(page.Limit, 100) + 1);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(columns.Read(new RowCursor(reader)));
        }

        return rows;
    }

    private static CustomerPage Page(List<Customer> rows, long total, bool totalIsExact, PageWanted page)
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
