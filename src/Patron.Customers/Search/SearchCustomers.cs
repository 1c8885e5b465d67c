using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>Whom a search looks for, in which order, and which page of them.</summary>
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
/// Customers of the acting organization by criteria, for staff and keys with <c>customers:read</c> (403 for others), deleted ones too
/// unless the criteria say otherwise. The newest first unless sorted. 422 for criteria too long or that contradict one another, a page
/// before the first and a limit out of bounds. Where accounts are another service's, names, e-mails and phones are first looked for there: 422 for
/// more than a thousand people and for an order by them, 503 where it is away. Source 5, 'Advanced Search'.
/// </summary>
public sealed class SearchCustomers(DatabaseSession session, AccountCopies accounts, FinishedMigrations finished)
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

        var page = new PageWanted(CustomerOrder.Of(search.SortBy, search.Descending), After: 0, Skip: (search.Page - 1L) * search.Limit, search.Limit);
        var sought = await accounts.FindSoughtAsync(caller, search.Criteria, cancellationToken);
        if (sought.Error is { } notFound)
        {
            return notFound;
        }

        var found = await new CustomerPages(session, PageColumns.Listed, finished)
            .ReadAsync(caller.OrganizationId, search.Criteria, page, cancellationToken, sought.Value);
        return await accounts.ShowAsync(caller, found, cancellationToken);
    }

    private Error? Check(CustomerSearch search)
    {
        var errors = new FieldErrors();
        search.Criteria.Check(errors);
        if (search.Page < 1)
        {
            errors.Add("page", "Pages are counted from 1.");
        }

        if (!accounts.CanSortBy(search.SortBy))
        {
            errors.Add("sort_by", "Names and e-mail addresses are kept by the accounts service, so customers cannot be sorted by them here.");
        }

        PageBounds.CheckLimit(search.Limit, errors);
        return errors.Any ? errors.ToError() : null;
    }
}
