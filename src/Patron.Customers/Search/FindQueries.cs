using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Database;

namespace Patron.Customers.Search;

/// <summary>A row of a page, and the value it is sorted by as text.</summary>
internal sealed record FoundRow(Customer Customer, string? Key);

/// <summary>The rows of a page in the order of reading, with one more where there are further ones.</summary>
internal sealed record FoundRows(IReadOnlyList<FoundRow> Rows, long Total, bool TotalIsExact, FindCursor? Cursor, int Size)
{
    /// <summary>Whether there is a page beside this one.</summary>
    public bool IsContinued => Rows.Count > Size || Cursor is not null;

    public FoundPage Page(string order)
    {
        var isBackward = Cursor?.IsBackward == true;
        var hasFurther = Rows.Count > Size;
        var (hasNext, hasPrevious) = isBackward ? (true, hasFurther) : (hasFurther, Cursor is not null);
        IEnumerable<FoundRow> page = Rows;
        page = hasFurther ? page.Take(Size) : page;
        FoundRow[] rows = [.. isBackward ? page.Reverse() : page];
        return new FoundPage(
            [.. rows.Select(row => row.Customer)], Total, TotalIsExact,
            hasNext && rows.Length > 0 ? Place(order, rows[^1], isBackward: false) : null,
            hasPrevious && rows.Length > 0 ? Place(order, rows[0], isBackward: true) : null);
    }

    private string Place(string order, FoundRow row, bool isBackward) =>
        new FindCursor(order, row.Customer.Id, row.Key, isBackward, IsMany: !TotalIsExact).ToString();
}

/// <summary>The queries of <see cref="FindCustomers"/> for a page after or before a cursor.</summary>
internal sealed class FindQueries
{
    private static readonly PageColumns Columns = PageColumns.All;

    private readonly CustomerConditions conditions;
    private readonly CustomerOrder order;
    private readonly FindCursor? cursor;
    private readonly int size;
    private readonly string place = "";

    public FindQueries(CustomerConditions conditions, CustomerOrder order, FindCursor? cursor, int size)
    {
        // Pages before a cursor are read in the reversed order.
        (this.conditions, this.cursor, this.size) = (conditions, cursor, size);
        this.order = cursor?.IsBackward == true ? order.Reversed() : order;
        if (cursor is not null)
        {
            place = order.PlaceSql(
                cursor.Key is null ? null : conditions.Add(cursor.Key, NpgsqlDbType.Text), conditions.Add(cursor.Id, NpgsqlDbType.Bigint));
        }
    }

    /// <summary>Whether an earlier page has found that very many match.</summary>
    public bool IsMany => cursor?.IsMany == true;

    /// <summary>Tells the conditions of these queries from others.</summary>
    public string Key => conditions.Key;

    private int RowsToRead => size + 1;

    private bool IsBackward => cursor?.IsBackward == true;

    /// <summary>The total by the counters.</summary>
    public async Task<long> CountAsync(NpgsqlConnection connection, CustomerCriteria criteria, CancellationToken cancellationToken)
    {
        var queries = new CustomerPageQueries(Columns, conditions, new PageRequest(order, After: 0, Skip: 0, size));
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { queries.Counted(criteria) } };
        return (long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether more match than are counted, where an index answers that without reading any row; otherwise false.</summary>
    public async Task<bool> AreKnownToBeManyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!conditions.AreCovered)
        {
            return false;
        }

        var many = conditions.Command(
            $"""
            SELECT EXISTS (SELECT FROM customers.customers WHERE {conditions.Sql} OFFSET {FindCustomers.ExactUpTo})
            """);
        return (await PlannedBatch.ReadAsync(connection, [many], row => row.GetBoolean(0), cancellationToken)).Single();
    }

    /// <summary>Finds every match once, by an index for the conditions; null where more match than are counted.</summary>
    public async Task<FoundRows?> FindAllAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var nulls = IsBackward ? "FIRST" : "LAST";
        var after = cursor is null ? "" : $" WHERE {AfterSql("key")}";
        var command = conditions.Command(
            $"""
            WITH found AS MATERIALIZED (
                SELECT id, {order.Column} AS key FROM customers.customers WHERE {conditions.Sql} LIMIT {FindCustomers.ExactUpTo + 1}),
            page AS (SELECT id, key FROM found{after} ORDER BY {order.ToSql("key", nulls)} LIMIT {RowsToRead})
            SELECT total.count, page.key::text, {Columns.Names}
            FROM (SELECT count(*) FROM found) total
            LEFT JOIN (page JOIN customers.customers c USING (id)) ON true
            ORDER BY {order.ToSql("page.key", nulls, "page.id")}
            """);
        var found = await PlannedBatch.ReadAsync(
            connection, [command], row => (Total: row.GetInt64(0), Row: row.IsDBNull(2) ? null : Read(new RowCursor(row, first: 1))),
            cancellationToken);
        var total = found[0].Total;
        return total > FindCustomers.ExactUpTo
            ? null
            : new FoundRows([.. found.Select(one => one.Row).OfType<FoundRow>()], total, TotalIsExact: true, cursor, size);
    }

    /// <summary>Reads along the index of the order: rows with a value and rows without one.</summary>
    public async Task<FoundRows> WalkAsync(
        NpgsqlConnection connection, long total, bool totalIsExact, CancellationToken cancellationToken)
    {
        var rows = new List<FoundRow>();
        foreach (var query in Walks())
        {
            if (rows.Count < RowsToRead)
            {
                rows.AddRange(
                    await PlannedBatch.ReadAsync(
                        connection, [query(RowsToRead - rows.Count)], row => Read(new RowCursor(row)), cancellationToken));
            }
        }

        return new FoundRows(rows, total, totalIsExact, cursor, size);
    }

    // Rows without a value are the last of the list.
    private IEnumerable<Func<int, NpgsqlBatchCommand>> Walks()
    {
        if (cursor?.Key is null && cursor is not null)
        {
            return IsBackward
                ? [limit => Empty($" AND {EmptyAfterSql}", limit), limit => Values("", limit)]
                : [limit => Empty($" AND {EmptyAfterSql}", limit)];
        }

        var after = cursor is null ? "" : $" AND {ValueAfterSql(order.Column)}";
        return IsBackward || !order.IsNullable
            ? [limit => Values(after, limit)]
            : [limit => Values(after, limit), limit => Empty("", limit)];
    }

    private NpgsqlBatchCommand Values(string after, int limit)
    {
        var parts = order.IsNullable ? order.Parts.Select(part => $" AND {part}") : [""];
        var rows = string.Join(
            " UNION ALL ",
            parts.Select(part =>
                $"""
                (SELECT id, {order.Column} AS key FROM customers.customers WHERE {conditions.Sql}{part}{after}
                ORDER BY {order.ToSql(order.Column)} LIMIT {limit})
                """));
        return conditions.Command(
            $"""
            SELECT page.key::text, {Columns.Names}
            FROM (SELECT id, key FROM ({rows}) part ORDER BY {order.ToSql("key")} LIMIT {limit}) page
            JOIN customers.customers c USING (id) ORDER BY {order.ToSql("page.key", id: "page.id")}
            """);
    }

    private NpgsqlBatchCommand Empty(string after, int limit) => conditions.Command(
        $"""
        SELECT NULL::text, {Columns.Names}
        FROM (
            SELECT id FROM customers.customers WHERE {conditions.Sql} AND {order.Column} IS NULL{after}
            ORDER BY {order.EmptySql} LIMIT {limit}) page
        JOIN customers.customers c USING (id) ORDER BY {order.EmptySql.Replace("id", "page.id", StringComparison.Ordinal)}
        """);

    // Of all rows, those after the cursor in the direction of reading.
    private string AfterSql(string column)
    {
        if (!order.IsNullable)
        {
            return ValueAfterSql(column);
        }

        return (cursor!.Key is null, IsBackward) switch
        {
            (false, false) => $"({ValueAfterSql(column)} OR {column} IS NULL)",
            (false, true) => ValueAfterSql(column),
            (true, false) => $"({column} IS NULL AND {EmptyAfterSql})",
            (true, true) => $"({column} IS NOT NULL OR {EmptyAfterSql})",
        };
    }

    private string ValueAfterSql(string column) => $"{order.RowSql(column)} {order.After} {place}";

    private string EmptyAfterSql => $"id {order.After} {place}";

    private static FoundRow Read(RowCursor row)
    {
        var key = row.OptionalText();
        return new FoundRow(Columns.Read(row), key);
    }
}
