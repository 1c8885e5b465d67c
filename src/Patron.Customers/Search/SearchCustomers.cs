using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>A search: its criteria, order and page.</summary>
public sealed record CustomerSearch
{
    public const int DefaultLimit = 10;

    public CustomerCriteria Criteria { get; init; } = new();

    public CustomerSort SortBy { get; init; }

    public bool Descending { get; init; } = true;

    /// <summary>Counted from 1.</summary>
    public int Page { get; init; } = 1;

    public int Limit { get; init; } = DefaultLimit;
}

/// <summary>
/// Searches customers of the acting organization, for staff and keys with <c>customers:read</c> (403 for others), including deleted ones
/// unless the criteria exclude them. Newest first by default. 422 for criteria that are too long or contradict one another, a page before
/// the first, a limit out of bounds, and an order without an index where more than 100 000 match. With a separate accounts service, names,
/// emails and phones are first searched there: 422 for more than a thousand matches and for sorting by them, 503 where it is unavailable.
/// Source 5, 'Advanced Search'.
/// </summary>
public sealed class SearchCustomers(DatabaseSession session, AccountCopies accounts, CriteriaReader reader)
{
    public async Task<Result<CustomerPage>> HandleAsync(Caller caller, CustomerSearch search, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (Check(search) is { } invalid)
        {
            return invalid;
        }

        if (!(await reader.FindSegmentAsync(caller, search.Criteria, cancellationToken)).Succeeded(out var criteria, out var unknown))
        {
            return unknown;
        }

        var page = new PageRequest(
            CustomerOrder.Of(search.SortBy, search.Descending), After: 0, Skip: (search.Page - 1L) * search.Limit, search.Limit);
        var matching = await accounts.FindMatchingAccountsAsync(caller, criteria, cancellationToken);
        if (matching.Error is { } notFound)
        {
            return notFound;
        }

        var found = await new CustomerPages(session, PageColumns.Listed, reader)
            .ReadAsync(caller.OrganizationId, criteria, page, cancellationToken, matching.Value);
        return found.Succeeded(out var customers, out var error)
            ? await accounts.AddAccountDataAsync(caller, customers, cancellationToken)
            : error;
    }

    private Error? Check(CustomerSearch search)
    {
        var errors = new FieldErrors();
        reader.Check(search.Criteria, errors);
        if (search.Page < 1)
        {
            errors.Add("page", "Must be 1 or more.");
        }

        if (!accounts.CanSortBy(search.SortBy))
        {
            errors.Add(
                "sort_by", "Customers can't be sorted by names or email addresses here, because the accounts service keeps them.");
        }

        PageBounds.CheckLimit(search.Limit, errors);
        return errors.Any ? errors.ToError() : null;
    }
}
