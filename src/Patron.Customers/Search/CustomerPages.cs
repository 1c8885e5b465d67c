using System.Text.Json;
using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Database;
using Patron.Shared.Results;

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

/// <summary>
/// Reads pages with queries that are fast for a million customers. Totals that counters have cost nothing, and an index has the order.
/// Other matches are found once, up to a limit, then counted and sorted; above the limit matches are so common that reading in the order of
/// the index finds a page soon, and an order without an index is refused. So no query depends on a good estimate of the planner.
/// </summary>
internal sealed class CustomerPages(DatabaseSession session, PageColumns columns, CriteriaReader criteriaReader)
{
    /// <summary>Totals up to here are exact (contract, 'Dialect: customers').</summary>
    public const long ExactUpTo = 100_000;

    public Task<Result<CustomerPage>> ReadAsync(
        Guid organizationId, CustomerCriteria criteria, PageRequest page, CancellationToken cancellationToken,
        MatchingAccounts? accounts = null) => session.OnReplicaAsync(
        async connection =>
        {
            var conditions = await criteriaReader.ReadAsync(connection, organizationId, criteria, accounts, cancellationToken);
            var queries = new CustomerPageQueries(columns, conditions, page);
            var found = criteria.CanUseCounters && page.Order.HasIndex(criteriaReader.Finished)
                ? await ReadCountedAsync(connection, queries, criteria, page, cancellationToken)
                : await ReadMatchesAsync(connection, queries, page, cancellationToken);
            if (page.IsContinued && found.Succeeded(out var read, out _) && read.Next is not null)
            {
                await session.NotePositionAsync(connection, cancellationToken);
            }

            return found;
        },
        cancellationToken);

    private async Task<Result<CustomerPage>> ReadCountedAsync(
        NpgsqlConnection connection, CustomerPageQueries queries, CustomerCriteria criteria, PageRequest page,
        CancellationToken cancellationToken)
    {
        var (total, rows) = await ReadOrderedAsync<long>(connection, queries.Counted(criteria), queries, page, cancellationToken);
        return Page(rows, total, totalIsExact: true, page);
    }

    private async Task<Result<CustomerPage>> ReadMatchesAsync(
        NpgsqlConnection connection, CustomerPageQueries queries, PageRequest page, CancellationToken cancellationToken)
    {
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(queries.Matches());
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            var sorted = new List<Customer>();
            var found = 0L;
            while (await reader.ReadAsync(cancellationToken))
            {
                found = reader.GetInt64(0);
                if (!reader.IsDBNull(1))
                {
                    sorted.Add(columns.Read(new RowCursor(reader, first: 1)));
                }
            }

            if (found <= ExactUpTo)
            {
                return Page(sorted, found, totalIsExact: true, page);
            }
        }

        if (!page.Order.HasIndex(criteriaReader.Finished))
        {
            return page.Order.TooManyRows(criteriaReader.Finished);
        }

        var (plan, rows) = await ReadOrderedAsync<string>(connection, queries.Estimate(), queries, page, cancellationToken);
        return Page(rows, Math.Max(ExactUpTo + 1, EstimateOf(plan)), totalIsExact: false, page);
    }

    // Reads the total by this query, and the page along an index.
    private async Task<(T Total, List<Customer> Rows)> ReadOrderedAsync<T>(
        NpgsqlConnection connection, NpgsqlBatchCommand totalQuery, CustomerPageQueries queries, PageRequest page,
        CancellationToken cancellationToken)
    {
        var rows = new List<Customer>(Math.Min(page.Limit, 100) + 1);
        T total;
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { totalQuery, queries.Ordered() } })
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            total = reader.GetFieldValue<T>(0);
            await reader.NextResultAsync(cancellationToken);
            await AddRowsAsync(reader, rows, cancellationToken);
        }

        if (page.Order.IsNullable && rows.Count < page.RowsToRead)
        {
            await AddEmptyAsync(connection, queries, page, rows, cancellationToken);
        }

        return (total, rows);
    }

    // Rows without a value follow all that have one. Finding them passes over the others again, which the page has passed over already.
    private async Task AddEmptyAsync(
        NpgsqlConnection connection, CustomerPageQueries queries, PageRequest page, List<Customer> rows,
        CancellationToken cancellationToken)
    {
        var skip = 0L;
        if (rows.Count == 0 && page.Skip > 0)
        {
            await using var count = new NpgsqlBatch(connection) { BatchCommands = { queries.CountValues() } };
            skip = Math.Max(0, page.Skip - (long)(await count.ExecuteScalarAsync(cancellationToken))!);
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(queries.Empty(skip, page.RowsToRead - rows.Count));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await AddRowsAsync(reader, rows, cancellationToken);
    }

    private async Task AddRowsAsync(NpgsqlDataReader reader, List<Customer> rows, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(columns.Read(new RowCursor(reader)));
        }
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
