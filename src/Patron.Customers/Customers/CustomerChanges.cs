using System.Collections.Frozen;
using Patron.Customers.Schema;

namespace Patron.Customers.Customers;

/// <summary>A change of a customer.</summary>
public sealed class CustomerChanges(params IEnumerable<FieldValue<Customer>> values)
    : RecordChanges<Customer>(CustomerSchema.Fields, values)
{
    /// <summary>The sentences that the person saw beside the consents, by field; empty for programs.</summary>
    public IReadOnlyDictionary<string, string> ConsentWordings { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>These changes followed by further ones.</summary>
    public CustomerChanges And(params IEnumerable<FieldValue<Customer>> further)
    {
        var changes = new CustomerChanges([.. Values, .. further]) { ConsentWordings = ConsentWordings };
        changes.CopyErrors(this);
        return changes;
    }

    /// <summary>The changes of the fields that match, with all errors.</summary>
    internal CustomerChanges Where(Func<Field<Customer>, bool> predicate)
    {
        var changes = new CustomerChanges(Values.Where(value => predicate(value.Field))) { ConsentWordings = ConsentWordings };
        changes.CopyErrors(this);
        return changes;
    }

    /// <summary>
    /// The changes that fill empty fields of the record, and all consents, of which the newest counts (linking.md, 'Merge', last line).
    /// </summary>
    internal CustomerChanges FillingGapsOf(Customer customer) =>
        Where(field => field.IsConsent || CustomerSchema.IsEmptyWithItsParts(field, customer));
}
