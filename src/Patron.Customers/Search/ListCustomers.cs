using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>
/// The requested part of the list: after a customer's number (a cursor), skipping some rows, with a maximum number of rows.
/// </summary>
public sealed record CustomerListQuery
{
    public const int DefaultLimit = 100;

    /// <summary>The criteria of the list; all customers by default.</summary>
    public CustomerCriteria Criteria { get; init; } = new();

    public long? After { get; init; }

    public int Skip { get; init; }

    public int Limit { get; init; } = DefaultLimit;
}

/// <summary>
/// Lists the customers of the acting organization by number, for staff and keys with <c>customers:read</c> (403 for others), including
/// deleted ones unless the criteria exclude them. 422 for a limit or skip out of bounds. Source 5, 'Get All Customers', 'Get Customers by
/// Tags', 'Get Customers by Location'.
/// </summary>
public sealed class ListCustomers(DatabaseSession session, AccountCopies accounts, CriteriaReader reader)
{
    public async Task<Result<CustomerPage>> HandleAsync(Caller caller, CustomerListQuery query, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (Check(query) is { } invalid)
        {
            return invalid;
        }

        if (!(await reader.FindSegmentAsync(caller, query.Criteria, cancellationToken)).Succeeded(out var criteria, out var unknown))
        {
            return unknown;
        }

        var page = new PageRequest(CustomerOrder.ByNumber, query.After ?? 0, query.Skip, query.Limit) { IsContinued = true };
        var found = await new CustomerPages(session, PageColumns.Listed, reader)
            .ReadAsync(caller.OrganizationId, criteria, page, cancellationToken);
        return found.Succeeded(out var customers, out var error)
            ? await accounts.AddAccountDataAsync(caller, customers, cancellationToken)
            : error;
    }

    private Error? Check(CustomerListQuery query)
    {
        var errors = new FieldErrors();
        reader.Check(query.Criteria, errors);
        PageBounds.Check(query.Skip, query.Limit, errors);
        return errors.Any ? errors.ToError() : null;
    }
}
