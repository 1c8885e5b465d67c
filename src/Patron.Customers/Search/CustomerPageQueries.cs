using Npgsql;

namespace Patron.Customers.Search;

/// <summary>A page: after a customer's number (a cursor, in lists by number), skipping some rows, with a maximum number of rows.</summary>
internal sealed record PageRequest(CustomerOrder Order, long After, long Skip, int Limit)
{
    /// <summary>Whether a cursor leads to the next page.</summary>
    public bool IsContinued { get; init; }

    /// <summary>One row more than requested shows whether there is a next page.</summary>
    public long RowsToRead => Limit + 1L;
}

/// <summary>The queries for a page of the customers that match the conditions (<see cref="CustomerPages"/>).</summary>
internal sealed class CustomerPageQueries(PageColumns columns, CustomerConditions conditions, PageRequest page)
{
    // The keys of customers.activity_of.
    private static readonly (bool IsActive, bool IsVerified, string Key)[] Activities =
        [(true, true, "active verified"), (true, false, "active"), (false, true, "inactive verified"), (false, false, "inactive")];

    /// <summary>The total by a few counters, and the changes since they were last folded.</summary>
    public NpgsqlBatchCommand Counted(CustomerCriteria criteria)
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

    /// <summary>
    /// Reads along the index of the order; of a nullable column, only rows with a value. Skipped rows are skipped in the index alone.
    /// </summary>
    public NpgsqlBatchCommand Ordered()
    {
        var order = page.Order;
        if (order.IsNullable)
        {
            return OrderedValues();
        }

        var rows = $"""
            FROM customers.customers c WHERE {conditions.Sql} AND id > {conditions.AdditionalParameter(1)}
            ORDER BY {order.ToSql(order.Column)}
            """;
        return page.Skip == 0
            ? conditions.Command($"SELECT {columns.Names} {rows} LIMIT {conditions.AdditionalParameter(2)}", page.After, page.RowsToRead)
            : conditions.Command(
                $"""
                SELECT {columns.Names}
                FROM (SELECT id {rows} OFFSET {conditions.AdditionalParameter(2)} LIMIT {conditions.AdditionalParameter(3)}) page
                JOIN customers.customers c USING (id) ORDER BY {order.ToSql($"c.{order.Column}")}
                """,
                page.After, page.Skip, page.RowsToRead);
    }

    // Merges the rows with a value from one or more partial indexes.
    private NpgsqlBatchCommand OrderedValues()
    {
        var (order, skip, limit) = (page.Order, conditions.AdditionalParameter(1), conditions.AdditionalParameter(2));
        var parts = order.Parts.Select(
            part => $"""
                (SELECT id, {order.Column} AS key FROM customers.customers WHERE {conditions.Sql} AND {part}
                ORDER BY {order.ToSql(order.Column)} LIMIT {skip} + {limit})
                """);
        return conditions.Command(
            $"""
            SELECT {columns.Names}
            FROM (
                SELECT id FROM ({string.Join(" UNION ALL ", parts)}) part
                ORDER BY {order.ToSql("key")} OFFSET {skip} LIMIT {limit}) page
            JOIN customers.customers c USING (id) ORDER BY {order.ToSql($"c.{order.Column}")}
            """,
            page.Skip, page.RowsToRead);
    }

    /// <summary>The number of matches with a value in a nullable column.</summary>
    public NpgsqlBatchCommand CountValues() =>
        conditions.Command($"SELECT count(*) FROM customers.customers WHERE {conditions.Sql} AND {page.Order.Column} IS NOT NULL");

    /// <summary>Reads matches without a value in a nullable column, by number.</summary>
    public NpgsqlBatchCommand Empty(long skip, long limit) => conditions.Command(
        $"""
        SELECT {columns.Names}
        FROM (
            SELECT id FROM customers.customers WHERE {conditions.Sql} AND {page.Order.Column} IS NULL
            ORDER BY {page.Order.EmptySql} OFFSET {conditions.AdditionalParameter(1)} LIMIT {conditions.AdditionalParameter(2)}) page
        JOIN customers.customers c USING (id) ORDER BY {page.Order.EmptySql}
        """,
        skip, limit);

    /// <summary>
    /// Finds every match once, by an index for the condition or, where nearly all rows match, by a scan that stops at the limit.
    /// </summary>
    public NpgsqlBatchCommand Matches() => conditions.Command(
        $"""
        WITH found AS MATERIALIZED (SELECT id, {page.Order.Column} AS key FROM customers.customers WHERE {conditions.Sql} LIMIT {CustomerPages.ExactUpTo + 1}),
        page AS (
            SELECT id, key FROM found WHERE id > {conditions.AdditionalParameter(1)}
            ORDER BY {page.Order.ToSqlWithEmptyLast("key")} OFFSET {conditions.AdditionalParameter(2)} LIMIT {conditions.AdditionalParameter(3)})
        SELECT total.count, {columns.Names}
        FROM (SELECT count(*) FROM found) total
        LEFT JOIN (page JOIN customers.customers c USING (id)) ON true
        ORDER BY {page.Order.ToSqlWithEmptyLast("page.key")}
        """,
        page.After, page.Skip, page.RowsToRead);

    /// <summary>The planner's estimate of the number of matches.</summary>
    public NpgsqlBatchCommand Estimate() =>
        conditions.Command($"EXPLAIN (FORMAT JSON) SELECT FROM customers.customers WHERE {conditions.Sql}");
}
