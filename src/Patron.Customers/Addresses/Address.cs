namespace Patron.Customers.Addresses;

/// <summary>What an address is for. The primary one lives on the customer's own row.</summary>
public enum AddressType
{
    Primary,
    Billing,
    Shipping,
    Other,
}

/// <summary>A postal address as people write it, of every type.</summary>
public sealed record Address
{
    private static readonly Address Empty = new();

    public string? AddressLine1 { get; init; }

    public string? AddressLine2 { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? PostalCode { get; init; }

    /// <summary>As given; the ISO code is kept beside it where it is known.</summary>
    public string? Country { get; init; }

    /// <summary>The parts that are there, joined by <c>, </c>.</summary>
    public string FullAddress => string.Join(", ", new[] { AddressLine1, AddressLine2, City, State, PostalCode, Country }.OfType<string>());

    internal bool IsEmpty => this == Empty;
}
