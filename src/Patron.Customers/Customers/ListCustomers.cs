using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>Which part of the list is asked for: after a customer's number (a cursor), then so many skipped, then at most so many.</summary>
public sealed record CustomerListQuery
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    public long? After { get; init; }

    public int Skip { get; init; }

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Only the active or only the inactive ones; null for both.</summary>
    public bool? IsActive { get; init; }
}

/// <summary>A page: its customers by number, how many there are in all, and after which one the next page begins (null on the last).</summary>
public sealed record CustomerPage(IReadOnlyList<CustomerSummary> Customers, long Total, long? Next);

/// <summary>
/// The customers of the acting organization by number, for staff and keys with <c>customers:read</c> (403 for others), deleted ones
/// too unless the query says otherwise. 422 for a limit or skip out of bounds. Source 5, 'Get All Customers'.
/// </summary>
public sealed class ListCustomers(CustomersContext context)
{
    private static readonly Func<CustomersContext, Guid, bool?, long, int, int, IAsyncEnumerable<CustomerSummary>> Page =
        EF.CompileAsyncQuery((CustomersContext context, Guid organization, bool? active, long after, int skip, int take) => context.Customers
            .Where(customer => customer.OrganizationId == organization && customer.Id > after && (active == null || customer.IsActive == active))
            .OrderBy(customer => customer.Id)
            .Skip(skip)
            .Take(take)
            .Select(CustomerSummary.Projection));

    private static readonly Func<CustomersContext, Guid, bool?, CancellationToken, Task<long>> Count =
        EF.CompileAsyncQuery((CustomersContext context, Guid organization, bool? active, CancellationToken _) =>
            context.Customers.LongCount(customer => customer.OrganizationId == organization && (active == null || customer.IsActive == active)));

    public async Task<Result<CustomerPage>> HandleAsync(Caller caller, CustomerListQuery query, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (Check(query) is { } invalid)
        {
            return invalid;
        }

        var total = await Count(context, caller.OrganizationId, query.IsActive, cancellation);
        var rows = new List<CustomerSummary>();
        // One more than asked for tells whether there is a next page.
        var page = Page(context, caller.OrganizationId, query.IsActive, query.After ?? 0, query.Skip, query.Limit + 1);
        await foreach (var row in page.WithCancellation(cancellation))
        {
            rows.Add(row);
        }

        if (rows.Count <= query.Limit)
        {
            return new CustomerPage(rows, total, Next: null);
        }

        rows.RemoveAt(query.Limit);
        return new CustomerPage(rows, total, rows[^1].Id);
    }

    private static Error? Check(CustomerListQuery query)
    {
        var errors = new FieldErrors();
        if (query.Skip < 0)
        {
            errors.Add("skip", "This is a number of records from 0.");
        }

        if (query.Limit is < 1 or > CustomerListQuery.MaxLimit)
        {
            errors.Add("limit", $"This is a number of records from 1 to {CustomerListQuery.MaxLimit}.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}
