using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Customers.Erp;

/// <summary>
/// The key of a partner: the connector's name of the ERP, such as <c>odoo</c>, and the ERP's own id of the partner, a number or a name.
/// </summary>
public readonly record struct PartnerKey(string Source, string Id);

/// <summary>
/// The fields that the company's ERP owns on a record that is linked to a partner (contract, 'Who owns what'). The settings may name fewer;
/// <see cref="Everything"/> is the default. Only the sync writes owned fields.
/// </summary>
public sealed class ErpOwnership
{
    private const string Archived = "archived";

    private readonly HashSet<string> owned;
    private readonly Field<Customer>[] fields;
    private readonly string joinedNames;

    private ErpOwnership(IEnumerable<string> names)
    {
        owned = names.ToHashSet(StringComparer.Ordinal);
        fields = [.. CustomerSchema.Fields.Written.Where(field => field.ErpMayOwn && owned.Contains(NameOf(field)))];
        joinedNames = string.Join(',', owned.Order(StringComparer.Ordinal)); // Part of every partner's hash.
    }

    /// <summary>The names of everything that an ERP can own.</summary>
    public static IReadOnlyCollection<string> Available { get; } =
        [.. CustomerSchema.Fields.Written.Where(field => field.ErpMayOwn).Select(NameOf).Distinct(StringComparer.Ordinal), Archived];

    public static ErpOwnership Everything { get; } = new(Available);

    /// <summary>The ownership of these fields, all of which must be in <see cref="Available"/>.</summary>
    public static ErpOwnership Of(IReadOnlyCollection<string> names) => new(names);

    /// <summary>The owned fields, separated by commas.</summary>
    public override string ToString() => joinedNames;

    /// <summary>Whether archiving a partner makes its customer inactive.</summary>
    public bool OwnsArchived => owned.Contains(Archived);

    /// <summary>Whether the ERP owns this field of this record.</summary>
    public bool Owns(Customer customer, Field<Customer> field) => customer.Partner is not null && fields.Contains(field);

    /// <summary>
    /// A copy of <paramref name="to"/> with the owned values of <paramref name="from"/>, its language where there is none, the time since when it is
    /// a customer if that is earlier, and optionally its address.
    /// </summary>
    public Customer WithErpValues(Customer to, Customer from, bool withAddress = false)
    {
        var copy = WithOwnedValues(to, from);
        copy.Language ??= from.Language;
        copy.CustomerSince = Customer.EarlierSince(copy, from);
        copy.Email = withAddress ? from.Email : copy.Email;
        return copy;
    }

    /// <summary>A copy of the requested record in which the values that the ERP owns are unchanged.</summary>
    internal Customer KeepErpValues(Customer customer, Customer requested) =>
        customer.Partner is null ? requested : WithOwnedValues(requested, customer);

    private Customer WithOwnedValues(Customer to, Customer from)
    {
        var copy = to.Copy();
        foreach (var field in fields)
        {
            field.Copy(from, copy);
        }

        return copy;
    }

    // The primary address is owned as a whole: a mixture of two addresses would be wrong.
    private static string NameOf(Field<Customer> field) => field.PartOf ?? field.Name;
}
