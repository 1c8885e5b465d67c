using System.Text.Json.Serialization;

namespace Patron.Erp;

/// <summary>
/// A partner as the company's ERP has it: the words are the ERP's, what is empty there is null. Archived ones and contacts of other partners are
/// partners too.
/// </summary>
/// <param name="Id">The ERP's key of it, a number or a name; at most 200 characters.</param>
/// <param name="Rank">Of several active partners with one address the one with the lowest rank makes the customer: the oldest, where the ERP tells.</param>
/// <param name="Name">Never empty.</param>
public sealed record ErpPartner(string Id, [property: JsonIgnore] long Rank, string Name)
{
    /// <summary>When the transaction of its last change began; null for one that was never written but by SQL, as imports and migrations do.</summary>
    [JsonIgnore]
    public DateTimeOffset? WriteDate { get; init; }

    public bool IsActive { get; init; } = true;

    public bool IsCompany { get; init; }

    /// <summary>The company itself, or one of its own people.</summary>
    public bool IsInternal { get; init; }

    /// <summary>The partner that this one is a contact, an address or a subsidiary of.</summary>
    public string? ParentId { get; init; }

    /// <summary>
    /// Whether documents are its own: true for a company, also one that has a parent, and for a person without one; false for contacts and addresses, whose
    /// documents are their company's.
    /// </summary>
    public bool IsOwnCommercialEntity { get; init; } = true;

    /// <summary>The field as it was written there: one address, several, or none that is valid.</summary>
    public string? Email { get; init; }

    public string? Phone { get; init; }

    public string? Mobile { get; init; }

    public string? Street { get; init; }

    public string? Street2 { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? PostalCode { get; init; }

    public string? Country { get; init; }

    public string? Website { get; init; }

    public string? TaxId { get; init; }

    public string? Reference { get; init; }

    /// <summary>The language the ERP writes to it in, as a tag of BCP 47 such as <c>de-DE</c>. It is kept, and has no effect on the customer.</summary>
    public string? Language { get; init; }
}
