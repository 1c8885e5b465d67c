using Patron.Customers.Customers;
using Patron.Customers.Search;

namespace Patron.Dialects.Customers;

/// <summary>A search as source 5 writes it. Omitted, null and blank fields are ignored.</summary>
public sealed record SearchRequest
{
    public string? Query { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? Country { get; init; }

    public bool? IsActive { get; init; }

    public bool? IsVerified { get; init; }

    public string? CompanyName { get; init; }

    /// <summary>Tags separated by commas; a customer with any of them matches.</summary>
    public string? Tags { get; init; }

    public DateTimeOffset? CreatedAfter { get; init; }

    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Terms such as <c>city:harare -tag:old</c>.</summary>
    public string? Filter { get; init; }

    /// <summary>The id of a segment, whose filter must hold too.</summary>
    public Guid? Segment { get; init; }

    public CustomerSort? SortBy { get; init; }

    public SortOrder? SortOrder { get; init; }

    /// <summary>The page number, from 1.</summary>
    public int? Page { get; init; }

    /// <summary>The page size, from 1 to 1000; 10 by default.</summary>
    public int? Limit { get; init; }

    public CustomerSearch ToSearch() => new()
    {
        Criteria = new CustomerCriteria
        {
            Query = Query,
            FirstName = FirstName,
            LastName = LastName,
            Email = Email,
            Phone = Phone,
            City = City,
            State = State,
            Country = Country,
            IsActive = IsActive,
            IsVerified = IsVerified,
            CompanyName = CompanyName,
            Tags = CustomerTags.Parse(Tags),
            CreatedAfter = CreatedAfter,
            CreatedBefore = CreatedBefore,
            Filter = Filter,
            Segment = Segment,
        },
        SortBy = SortBy ?? CustomerSort.CreatedAt,
        Descending = SortOrder != Customers.SortOrder.Asc,
        Page = Page ?? 1,
        Limit = Limit ?? CustomerSearch.DefaultLimit,
    };
}

/// <summary>The direction of sorting.</summary>
public enum SortOrder
{
    Asc,
    Desc,
}

/// <summary>A page of search results. Above 100 000 matches the total can be an estimate.</summary>
public sealed record SearchAnswer(
    IEnumerable<CustomerListItem> Customers, long Total, int Page, int Limit, long TotalPages, bool TotalIsExact)
{
    public static SearchAnswer From(CustomerSearch search, CustomerPage page) => new(
        page.Customers.Select(customer => new CustomerListItem(customer)), page.Total, search.Page, search.Limit,
        (page.Total + search.Limit - 1) / search.Limit, page.TotalIsExact);
}
