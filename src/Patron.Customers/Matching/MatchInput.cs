namespace Patron.Customers.Matching;

/// <summary>
/// The values of a customer that the search for duplicates looks at, as they were written. The reference is not among them: two records of
/// one customer come from two systems, which have references of their own.
/// </summary>
public sealed record MatchInput
{
    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? Name { get; init; }

    public string? CompanyName { get; init; }

    /// <summary>Whether the record is a company's; then <see cref="Name"/> is the company's name.</summary>
    public bool IsCompany { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public string? Mobile { get; init; }

    public string? TaxId { get; init; }

    /// <summary>A date such as 1990-01-31, 31.01.1990 or 19900131. Impossible dates are compared as they are.</summary>
    public string? DateOfBirth { get; init; }

    public string? AddressLine1 { get; init; }

    public string? AddressLine2 { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? PostalCode { get; init; }

    public string? Country { get; init; }
}
