using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>The page that a user interface requests, and its order: a column's name, with <c>-</c> before it descending.</summary>
public sealed record CustomerBrowse(CustomerCriteria Criteria, string? Ordering, int Page, int PageSize)
{
    /// <summary>The allowed values of <see cref="Ordering"/>.</summary>
    public static string Orderings => CustomerOrder.Names;

    /// <summary>Those without an index, which are refused where more than 100 000 customers match.</summary>
    public static string LimitedOrderings => CustomerOrder.LimitedNames;
}

/// <summary>
/// Reads pages of whole records of the acting organization without soft-deleted ones, for staff and keys with <c>customers:read</c> (403
/// for others). By number unless an order is given. 422 for an unknown order, and for one without an index where more than 100 000 match.
/// Source 2, customers; linking.md, 'Ownership'.
/// </summary>
public sealed class BrowseCustomers(DatabaseSession session, CriteriaReader reader)
{
    public async Task<Result<CustomerPage>> HandleAsync(Caller caller, CustomerBrowse browse, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var errors = new FieldErrors();
        reader.Check(browse.Criteria, errors);
        var order = string.IsNullOrWhiteSpace(browse.Ordering) ? CustomerOrder.ByNumber : CustomerOrder.Parse(browse.Ordering.Trim());
        if (order is null)
        {
            errors.Add("ordering", $"Must be one of: {CustomerOrder.Names}. Put - before it to reverse the order.");
        }

        if (errors.Any)
        {
            return errors.ToError();
        }

        if (!(await reader.FindSegmentAsync(caller, browse.Criteria, cancellationToken)).Succeeded(out var criteria, out var error))
        {
            return error;
        }

        var page = new PageRequest(order!, After: 0, (browse.Page - 1L) * browse.PageSize, browse.PageSize);
        return await new CustomerPages(session, PageColumns.All, reader)
            .ReadAsync(caller.OrganizationId, criteria with { WithoutDeleted = true }, page, cancellationToken);
    }
}
