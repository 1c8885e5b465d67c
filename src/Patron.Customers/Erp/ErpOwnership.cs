using Patron.Customers.Customers;

namespace Patron.Customers.Erp;

/// <summary>
/// Which fields of a record the company's ERP owns, as long as the record's link to it stands (contract, 'Who owns what'). The settings may
/// name fewer; <see cref="Everything"/> is the default. What it owns, the sync writes and nobody else.
/// </summary>
public sealed class ErpOwnership
{
    /// <summary>Archived there is inactive here.</summary>
    private const string Archived = "archived";

    // The primary address is one value: half of the ERP's beside half of somebody else's would be nobody's.
    private static readonly IReadOnlyDictionary<string, Func<CustomerDetails, CustomerDetails, CustomerDetails>> Takes =
        new Dictionary<string, Func<CustomerDetails, CustomerDetails, CustomerDetails>>(StringComparer.Ordinal)
        {
            ["name"] = (to, from) => to with { Name = from.Name },
            ["customer_type"] = (to, from) => to with { CustomerType = from.CustomerType },
            [CustomerField.Address] = (to, from) => to with { Address = from.Address },
            ["tax_id"] = (to, from) => to with { TaxId = from.TaxId },
            ["reference"] = (to, from) => to with { Reference = from.Reference },
            ["website"] = (to, from) => to with { Website = from.Website },
            ["phone"] = (to, from) => to with { Phone = from.Phone },
            ["mobile"] = (to, from) => to with { Mobile = from.Mobile },
        };

    private readonly HashSet<string> owned;
    private readonly Func<CustomerDetails, CustomerDetails, CustomerDetails>[] takes;
    private readonly string words;

    private ErpOwnership(IEnumerable<string> fields)
    {
        owned = fields.ToHashSet(StringComparer.Ordinal);
        takes = [.. Takes.Where(take => owned.Contains(take.Key)).Select(take => take.Value)];
        words = string.Join(',', owned.Order(StringComparer.Ordinal)); // Part of what every partner's hash is made of.
    }

    /// <summary>What an ERP can own.</summary>
    public static IReadOnlyCollection<string> Known { get; } = [.. Takes.Keys, Archived];

    public static ErpOwnership Everything { get; } = new(Known);

    /// <summary>Of these fields, all among <see cref="Known"/>.</summary>
    public static ErpOwnership Of(IReadOnlyCollection<string> fields) => new(fields);

    /// <summary>The owned fields in one line.</summary>
    public override string ToString() => words;

    /// <summary>Whether archiving a partner makes its customer inactive.</summary>
    internal bool OwnsArchived => owned.Contains(Archived);

    /// <summary>Whether the field of this record is the ERP's.</summary>
    internal bool Owns(Customer customer, CustomerField field) => customer.ErpPartnerId is not null && owned.Contains(field.OwnedTogether ?? field.Name);

    /// <summary>The details with the ERP's values.</summary>
    internal CustomerDetails Take(CustomerDetails to, CustomerDetails from) =>
        takes.Aggregate(to, (details, take) => take(details, from));

    /// <summary>The new details of a record, in which the ERP's values stay as they are.</summary>
    internal CustomerDetails Kept(Customer customer, CustomerDetails after) => customer.ErpPartnerId is null ? after : Take(after, customer.Details);
}
