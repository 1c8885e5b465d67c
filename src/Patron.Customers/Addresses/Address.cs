namespace Patron.Customers.Addresses;

/// <summary>The purpose of an address. The primary one is part of the customer's row.</summary>
public enum AddressType
{
    Primary,
    Billing,
    Shipping,
    Other,
}

/// <summary>A postal address as it was entered.</summary>
public sealed record Address
{
    private static readonly Address Empty = new();

    public string? AddressLine1 { get; init; }

    public string? AddressLine2 { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? PostalCode { get; init; }

    /// <summary>As entered. The ISO code is stored beside it where it is known.</summary>
    public string? Country { get; init; }

    /// <summary>The parts that are not empty, joined by <c>, </c>.</summary>
    public string FullAddress => string.Join(", ", new[] { AddressLine1, AddressLine2, City, State, PostalCode, Country }.OfType<string>());

    internal bool IsEmpty => this == Empty;
}
