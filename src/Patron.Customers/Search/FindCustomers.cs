using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Search.Filters;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>
/// A page of a list: criteria, an order (a column's name, with <c>-</c> before it descending; the newest first by default), the cursor of
/// another page, and 1 to 200 rows.
/// </summary>
public sealed record FindRequest(CustomerCriteria Criteria)
{
    public const int DefaultSize = 50;
    public const int MaxSize = 200;
    public const string DefaultOrder = "-created_at";

    /// <summary>The columns that any number of customers can be sorted by.</summary>
    public static IReadOnlyList<string> Orders => CustomerOrder.IndexedNames;

    public string? Order { get; init; }

    public string? Cursor { get; init; }

    public int Size { get; init; } = DefaultSize;
}

/// <summary>
/// A page of customers, the cursors of the pages beside it (null where there is none) and how many match: exact up to
/// <see cref="FindCustomers.ExactUpTo"/>, otherwise more than that. Without criteria the number is always exact.
/// </summary>
public sealed record FoundPage(IReadOnlyList<Customer> Customers, long Total, bool TotalIsExact, string? Next, string? Previous)
{
    /// <summary>The parsed filter of the criteria, without that of the segment.</summary>
    public CustomerFilter Filter { get; init; } = CustomerFilter.Empty;
}

/// <summary>
/// Finds customers of the acting organization for a list with many pages, which stay right while customers are added; for staff and keys
/// with <c>customers:read</c> (403 for others). That very many match is remembered for a minute. The time does not depend on the depth of
/// the page. 422 for invalid criteria, an order without an index or whose index is not built yet, a cursor of another order and a size out
/// of bounds.
/// </summary>
public sealed class FindCustomers(
    DatabaseSession session, AccountCopies accounts, CriteriaReader reader, FilterTerms terms, ManyMatches many)
{
    /// <summary>Totals up to here are exact.</summary>
    public const int ExactUpTo = 10_000;

    public async Task<Result<FoundPage>> HandleAsync(Caller caller, FindRequest request, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var errors = new FieldErrors();
        var name = request.Order ?? FindRequest.DefaultOrder;
        var order = FindOrder(name, errors);
        var cursor = request.Cursor is { } text && order is not null ? FindCursor.Parse(text, name, order) : null;
        Check(request, cursor, errors);
        if (errors.Any)
        {
            return errors.ToError();
        }

        if (!(await reader.FindSegmentAsync(caller, request.Criteria, cancellationToken)).Succeeded(out var criteria, out var unknown))
        {
            return unknown;
        }

        var found = await session.OnReplicaAsync(
            async connection =>
            {
                var conditions = await reader.ReadAsync(connection, caller.OrganizationId, criteria, accounts: null, cancellationToken);
                var queries = new FindQueries(conditions, order!, cursor, request.Size);
                var rows = await ReadAsync(connection, criteria, queries, cancellationToken);
                if (rows.IsContinued)
                {
                    await session.NotePositionAsync(connection, cancellationToken);
                }

                return rows;
            },
            cancellationToken);
        return (await AddAccountsAsync(caller, found.Page(name), cancellationToken)).Select(
            page => page with { Filter = criteria.Filter is null ? CustomerFilter.Empty : terms.Parse(request.Criteria.Filter ?? "") });
    }

    private CustomerOrder? FindOrder(string name, FieldErrors errors)
    {
        var order = CustomerOrder.Parse(name);
        if (order?.HasIndex(reader.Finished) == true && (accounts.AreStored || !order.IsOfAccount))
        {
            return order;
        }

        errors.Add("order", $"Must be one of: {string.Join(", ", FindRequest.Orders)}. Put - before it to reverse the order.");
        return null;
    }

    private void Check(FindRequest request, FindCursor? cursor, FieldErrors errors)
    {
        reader.Check(request.Criteria, errors);
        if (request.Cursor is not null && cursor is null && !errors.Any)
        {
            errors.Add("cursor", "Must be a cursor of this list in the same order.");
        }

        if (request.Size is < 1 or > FindRequest.MaxSize)
        {
            errors.Add("limit", $"Must be a number from 1 to {FindRequest.MaxSize}.");
        }
    }

    // Up to ExactUpTo matches are found once, counted and sorted. Above it matches are so common that a page is soon found along the index
    // of the order.
    private async Task<FoundRows> ReadAsync(
        NpgsqlConnection connection, CustomerCriteria criteria, FindQueries queries, CancellationToken cancellationToken)
    {
        if (criteria.CanUseCounters)
        {
            var total = await queries.CountAsync(connection, criteria, cancellationToken);
            return await queries.WalkAsync(connection, total, totalIsExact: true, cancellationToken);
        }

        if (!queries.IsMany && !many.Contains(queries.Key))
        {
            if (!await queries.AreKnownToBeManyAsync(connection, cancellationToken)
                && await queries.FindAllAsync(connection, cancellationToken) is { } all)
            {
                return all;
            }

            many.Add(queries.Key);
        }

        return await queries.WalkAsync(connection, ExactUpTo, totalIsExact: false, cancellationToken);
    }

    private async Task<Result<FoundPage>> AddAccountsAsync(Caller caller, FoundPage page, CancellationToken cancellationToken)
    {
        var shown = await accounts.AddAccountDataAsync(
            caller, new CustomerPage(page.Customers, page.Total, page.TotalIsExact), cancellationToken);
        return shown.Select(customers => page with { Customers = customers.Customers });
    }
}
