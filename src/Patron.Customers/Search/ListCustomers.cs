using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>Which part of the list is asked for: after a customer's number (a cursor), then so many skipped, then at most so many.</summary>
public sealed record CustomerListQuery
{
    public const int DefaultLimit = 100;

    /// <summary>Whom the list shows; everybody unless it says otherwise.</summary>
    public CustomerCriteria Criteria { get; init; } = new();

    public long? After { get; init; }

    public int Skip { get; init; }

    public int Limit { get; init; } = DefaultLimit;
}

/// <summary>
/// The customers of the acting organization by number, for staff and keys with <c>customers:read</c> (403 for others), deleted ones
/// too unless the criteria say otherwise. 422 for a limit or skip out of bounds. Source 5, 'Get All Customers', 'Get Customers by Tags',
/// 'Get Customers by Location'.
/// </summary>
public sealed class ListCustomers(DatabaseSession session, AccountCopies accounts, FinishedMigrations finished)
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

        var page = new PageWanted(CustomerOrder.ByNumber, query.After ?? 0, query.Skip, query.Limit);
        var found = await new CustomerPages(session, PageColumns.Listed, finished)
            .ReadAsync(caller.OrganizationId, query.Criteria, page, cancellationToken);
        return await accounts.ShowAsync(caller, found, cancellationToken);
    }

    private static Error? Check(CustomerListQuery query)
    {
        var errors = new FieldErrors();
        query.Criteria.Check(errors);
        PageBounds.Check(query.Skip, query.Limit, errors);
        return errors.Any ? errors.ToError() : null;
    }
}
