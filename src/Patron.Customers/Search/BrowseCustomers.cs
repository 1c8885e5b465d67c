using Patron.Customers.Customers;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>Which customers a page of a browser wants, in which order: a column's name, <c>-</c> before it for the other way round.</summary>
public sealed record CustomerBrowse(CustomerCriteria Criteria, string? Ordering, int Page, int PageSize)
{
    /// <summary>The words that <see cref="Ordering"/> takes.</summary>
    public static string Orderings => CustomerOrder.Names;
}

/// <summary>
/// Pages of whole records of the acting organization, soft-deleted ones left out, for staff and keys with <c>customers:read</c> (403 for
/// others). By number unless ordered. 422 for an order there is not. Source 2, customers; linking.md, 'Ownership'.
/// </summary>
public sealed class BrowseCustomers(DatabaseSession session, FinishedMigrations finished)
{
    public async Task<Result<CustomerPage>> HandleAsync(Caller caller, CustomerBrowse browse, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var errors = new FieldErrors();
        browse.Criteria.Check(errors);
        var order = string.IsNullOrWhiteSpace(browse.Ordering) ? CustomerOrder.ByNumber : CustomerOrder.Named(browse.Ordering.Trim());
        if (order is null)
        {
            errors.Add("ordering", $"One of {CustomerOrder.Names}; with - before it the other way round.");
        }

        if (errors.Any)
        {
            return errors.ToError();
        }

        var page = new PageWanted(order!, After: 0, (browse.Page - 1L) * browse.PageSize, browse.PageSize);
        return await new CustomerPages(session, PageColumns.All, finished)
            .ReadAsync(caller.OrganizationId, browse.Criteria with { WithoutDeleted = true }, page, cancellationToken);
    }
}
