namespace Patron.Customers.Erp;

/// <summary>
/// A business partner as the ERP has it: texts as written there, null where it holds nothing. <paramref name="WriteDate"/> is the ERP's own time of
/// the last change, in whole seconds; the name is never empty.
/// </summary>
public sealed record ErpPartner(long Id, DateTimeOffset WriteDate, string Name)
{
    /// <summary>False where it is archived.</summary>
    public bool IsActive { get; init; }

    public bool IsCompany { get; init; }

    /// <summary>The company itself, or somebody who works with the ERP: no customer.</summary>
    public bool IsInternal { get; init; }

    /// <summary>Whose contact it is; null for a company or person that stands for itself.</summary>
    public long? ParentId { get; init; }

    /// <summary>The field as written: it may hold no address, several, or a name beside one.</summary>
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

    /// <summary>The ERP's own number or mark for the partner.</summary>
    public string? Reference { get; init; }
}
