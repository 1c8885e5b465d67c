using Patron.Customers.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Addresses;

/// <summary>What an address is for. The primary one lives on the customer's own row.</summary>
public enum AddressType
{
    Primary,
    Billing,
    Shipping,
    Other,
}

/// <summary>
/// A postal address as people write it, of every type. Texts lose the blanks around them; blank ones are null. The rules are in
/// <see cref="AddressFields"/>.
/// </summary>
public sealed record Address
{
    internal static Address Empty { get; } = new();

    public string? AddressLine1 { get; init => field = TextRules.NullIfBlank(value); }

    public string? AddressLine2 { get; init => field = TextRules.NullIfBlank(value); }

    public string? City { get; init => field = TextRules.NullIfBlank(value); }

    public string? State { get; init => field = TextRules.NullIfBlank(value); }

    public string? PostalCode { get; init => field = TextRules.NullIfBlank(value); }

    /// <summary>As given; the ISO code is kept beside it where it is known.</summary>
    public string? Country { get; init => field = TextRules.NullIfBlank(value); }

    /// <summary>The parts that are there, joined by <c>, </c>.</summary>
    public string FullAddress => Join(AddressLine1, AddressLine2, City, State, PostalCode, Country);

    internal bool IsEmpty => this == Empty;

    /// <summary>The address of a row, from its first line to its country.</summary>
    internal static Address Read(ref RowCursor row) => new()
    {
        AddressLine1 = row.OptionalText(),
        AddressLine2 = row.OptionalText(),
        City = row.OptionalText(),
        State = row.OptionalText(),
        PostalCode = row.OptionalText(),
        Country = row.OptionalText(),
    };

    private static string Join(params ReadOnlySpan<string?> parts)
    {
        var present = new List<string>(parts.Length);
        foreach (var part in parts)
        {
            if (part is not null)
            {
                present.Add(part);
            }
        }

        return string.Join(", ", present);
    }
}
