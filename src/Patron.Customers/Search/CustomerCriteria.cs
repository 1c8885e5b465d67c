using Patron.Customers.Customers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>
/// Criteria for customers, all of which must match. Values that are null, blank or only accents are ignored. Texts match any part of the
/// field, ignoring case, accents, apostrophes and hyphens; <c>%</c> and <c>_</c> are plain characters.
/// </summary>
public sealed record CustomerCriteria
{
    private const int MaxTextLength = 255;

    /// <summary>
    /// Words in any order: one of three letters or more matches any part of names, email, phone, company, username or customer_id; one of
    /// one or two letters matches the beginning of a word in them (contract, 'Dialect: customers'). Text that looks like a phone number is
    /// compared by its digits.
    /// </summary>
    public string? Query { get; init => field = SearchText.NullIfEmpty(value); }

    public string? FirstName { get; init => field = SearchText.NullIfEmpty(value); }

    public string? LastName { get; init => field = SearchText.NullIfEmpty(value); }

    public string? CompanyName { get; init => field = SearchText.NullIfEmpty(value); }

    public string? Email { get; init => field = SearchText.NullIfEmpty(value); }

    public string? Phone { get; init => field = SearchText.NullIfEmpty(value); }

    public string? City { get; init => field = SearchText.NullIfEmpty(value); }

    public string? State { get; init => field = SearchText.NullIfEmpty(value); }

    public string? Country { get; init => field = SearchText.NullIfEmpty(value); }

    /// <summary>City, state and country match the whole name of the place.</summary>
    public bool WholePlaces { get; init; }

    public bool? IsActive { get; init; }

    public bool? IsVerified { get; init; }

    public CustomerStatus? Status { get; init; }

    public CustomerType? CustomerType { get; init; }

    /// <summary>Excludes soft-deleted customers.</summary>
    public bool WithoutDeleted { get; init; }

    /// <summary>Customers with one of these tags, or with all of them, ignoring case.</summary>
    public string[] Tags { get; init; } = [];

    public bool AllTags { get; init; }

    public DateTimeOffset? CreatedAfter { get; init; }

    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>A filter in the language of <see cref="Filters.FilterTerms"/>.</summary>
    public string? Filter { get; init => field = TextRules.NullIfBlank(value); }

    /// <summary>A saved filter that must hold, too (<see cref="Segments.Segment"/>).</summary>
    public Guid? Segment { get; init; }

    /// <summary>Whether the criteria are limited to activity and verification, for which there are counters.</summary>
    internal bool CanUseCounters =>
        Tags.Length == 0 && Status is null && CustomerType is null && !WithoutDeleted && CreatedAfter is null && CreatedBefore is null
            && Filter is null && Segment is null && Texts().All(given => given.Text is null);

    /// <summary>Adds an error for each invalid criterion besides the filter (<see cref="CriteriaReader"/>).</summary>
    internal void Check(FieldErrors errors)
    {
        foreach (var (name, text) in Texts())
        {
            if (text is not null && CustomerRules.Text(text, MaxTextLength) is { } message)
            {
                errors.Add(name, message);
            }
        }

        if (CustomerRules.Tags(Tags) is { } tags)
        {
            errors.Add("tags", tags);
        }

        if (CreatedAfter > CreatedBefore)
        {
            errors.Add("created_after", "Must be before created_before.");
        }
    }

    private IEnumerable<(string Name, string? Text)> Texts() =>
    [
        ("query", Query), ("first_name", FirstName), ("last_name", LastName), ("company_name", CompanyName), ("email", Email), ("phone",
            Phone),
        ("city", City), ("state", State), ("country", Country),
    ];
}
