using Patron.Customers.Customers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>
/// Which customers are meant; what is null, blank or nothing but accents asks for nothing, and all that is given must hold. Texts are found anywhere in
/// the field, without regard to case, accents, apostrophes and hyphens; <c>%</c> and <c>_</c> are plain characters.
/// </summary>
public sealed record CustomerCriteria
{
    private const int MaxTextLength = 255;

    /// <summary>
    /// Words in any order: each of three letters or more in any part of names, e-mail, phone, company, user name or customer_id; of one or two at the
    /// beginning of a word in them (contract, 'Dialect: customers'). What is written like a phone number is compared by its digits.
    /// </summary>
    public string? Query { get; init => field = SearchText.NullIfNothing(value); }

    public string? FirstName { get; init => field = SearchText.NullIfNothing(value); }

    public string? LastName { get; init => field = SearchText.NullIfNothing(value); }

    public string? CompanyName { get; init => field = SearchText.NullIfNothing(value); }

    public string? Email { get; init => field = SearchText.NullIfNothing(value); }

    public string? Phone { get; init => field = SearchText.NullIfNothing(value); }

    public string? City { get; init => field = SearchText.NullIfNothing(value); }

    public string? State { get; init => field = SearchText.NullIfNothing(value); }

    public string? Country { get; init => field = SearchText.NullIfNothing(value); }

    /// <summary>City, state and country are the whole name of the place, not a part of it.</summary>
    public bool WholePlaces { get; init; }

    public bool? IsActive { get; init; }

    public bool? IsVerified { get; init; }

    public CustomerStatus? Status { get; init; }

    public CustomerType? CustomerType { get; init; }

    /// <summary>Soft-deleted ones are left out.</summary>
    public bool WithoutDeleted { get; init; }

    /// <summary>Customers that have one of these, or all of them, without regard to case.</summary>
    public string[] Tags { get; init; } = [];

    public bool AllTags { get; init; }

    public DateTimeOffset? CreatedAfter { get; init; }

    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Whether nothing is asked but activity and verification, which are counted.</summary>
    internal bool AreCounted => Tags.Length == 0 && Status is null && CustomerType is null && !WithoutDeleted && CreatedAfter is null && CreatedBefore is null && Texts().All(given => given.Text is null);

    /// <summary>The fields that say more than can be asked for.</summary>
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
            errors.Add("created_after", "This is after created_before, so no customer can match.");
        }
    }

    private IEnumerable<(string Name, string? Text)> Texts() =>
    [
        ("query", Query), ("first_name", FirstName), ("last_name", LastName), ("company_name", CompanyName), ("email", Email), ("phone", Phone),
        ("city", City), ("state", State), ("country", Country),
    ];
}
