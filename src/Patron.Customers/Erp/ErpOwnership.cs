using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Customers.Erp;

/// <summary>A partner of an ERP: the connector's name of the ERP, such as <c>odoo</c>, and the ERP's own key of the partner, a number or a name.</summary>
public readonly record struct PartnerKey(string Source, string Id);

/// <summary>
/// Which fields of a record the company's ERP owns, as long as the record's link to it stands (contract, 'Who owns what'). The settings may
/// name fewer; <see cref="Everything"/> is the default. What it owns, the sync writes and nobody else.
/// </summary>
public sealed class ErpOwnership
{
    /// <summary>Archived there is inactive here.</summary>
    private const string Archived = "archived";

    private readonly HashSet<string> owned;
    private readonly Field<Customer>[] fields;
    private readonly string words;

    private ErpOwnership(IEnumerable<string> names)
    {
        owned = names.ToHashSet(StringComparer.Ordinal);
        fields = [.. CustomerSchema.Fields.Written.Where(field => field.ErpMayOwn && owned.Contains(NameOf(field)))];
        words = string.Join(',', owned.Order(StringComparer.Ordinal)); // Part of what every partner's hash is made of.
    }

    /// <summary>What an ERP can own.</summary>
    public static IReadOnlyCollection<string> Known { get; } =
        [.. CustomerSchema.Fields.Written.Where(field => field.ErpMayOwn).Select(NameOf).Distinct(StringComparer.Ordinal), Archived];

    public static ErpOwnership Everything { get; } = new(Known);

    /// <summary>Of these fields, all among <see cref="Known"/>.</summary>
    public static ErpOwnership Of(IReadOnlyCollection<string> names) => new(names);

    /// <summary>The owned fields in one line.</summary>
    public override string ToString() => words;

    /// <summary>Whether archiving a partner makes its customer inactive.</summary>
    public bool OwnsArchived => owned.Contains(Archived);

    /// <summary>Whether the field of this record is the ERP's.</summary>
    internal bool Owns(Customer customer, Field<Customer> field) => customer.Partner is not null && fields.Contains(field);

    /// <summary>A copy of the record with the ERP's values, and with its address where that is the record's from now on.</summary>
    public Customer Taken(Customer to, Customer from, bool withAddress = false)
    {
        var taken = to.Copy();
        foreach (var field in fields)
        {
            field.Copy(from, taken);
        }

        taken.Email = withAddress ? from.Email : taken.Email;

        return taken;
    }

    /// <summary>A copy of what is wanted with the values that the ERP owns of the record as they are.</summary>
    internal Customer Kept(Customer customer, Customer wanted) => customer.Partner is null ? wanted : Taken(wanted, customer);

    // The primary address is one value: half of the ERP's beside half of somebody else's would be nobody's.
    private static string NameOf(Field<Customer> field) => field.PartOf ?? field.Name;
}
