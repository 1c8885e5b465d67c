using System.Text.Json.Serialization;

namespace Patron.Erp;

/// <summary>
/// A partner with the values of the company's ERP; empty ones are null. Archived partners and contacts of other partners are included.
/// </summary>
/// <param name="Id">The ERP's id, a number or a name; at most 200 characters.</param>
/// <param name="Rank">
/// Of several active partners with one address, the one with the lowest rank becomes the customer: the oldest one, if the ERP has an age.
/// </param>
/// <param name="Name">Never empty.</param>
public sealed record ErpPartner(string Id, [property: JsonIgnore] long Rank, string Name)
{
    /// <summary>
    /// When the transaction of its last change began; null for a row that was only written by SQL, as imports and migrations do.
    /// </summary>
    [JsonIgnore]
    public DateTimeOffset? WriteDate { get; init; }

    /// <summary>When it was entered in the ERP: the customer is one since then. Null if it is not known.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    public bool IsActive { get; init; } = true;

    public bool IsCompany { get; init; }

    /// <summary>The company itself, or one of its employees.</summary>
    public bool IsInternal { get; init; }

    /// <summary>The partner of which this one is a contact, an address or a subsidiary.</summary>
    public string? ParentId { get; init; }

    /// <summary>
    /// Whether it has documents of its own: true for a company, also one with a parent, and for a person without a parent; false for
    /// contacts and addresses, whose documents belong to their company.
    /// </summary>
    public bool IsOwnCommercialEntity { get; init; } = true;

    /// <summary>The unparsed field: one address, several, or none that is valid.</summary>
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

    /// <summary>The partner's language as a BCP 47 tag such as <c>de-DE</c>. It fills the customer's where that is empty.</summary>
    public string? Language { get; init; }
}
