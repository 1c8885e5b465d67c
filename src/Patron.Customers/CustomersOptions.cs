using Patron.Customers.Profiles;

namespace Patron.Customers;

/// <summary>Settings of customer records; section <c>Customers</c>.</summary>
public sealed class CustomersOptions
{
    /// <summary>
    /// Whether a customer whom staff, an API key or a file enters gets marketing emails unless the entry says otherwise (source 5). People
    /// who register and customers from the ERP get none until they agree.
    /// </summary>
    public bool MarketingDefault { get; set; } = true;

    /// <summary>
    /// What counts for the completeness of a profile, of <see cref="Profile.CountableParts"/>; by default a confirmed email address, a
    /// phone number and an address.
    /// </summary>
    public string[]? ProfileFields { get; set; }

    /// <summary>The sentence about a contradiction, or null.</summary>
    public string? Contradiction() =>
        ProfileFields?.Except(Profile.CountableParts, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? $"Customers:ProfileFields must be some of {string.Join(", ", Profile.CountableParts)}; '{unknown}' is none."
            : null;
}
