using Patron.Customers.Schema;

namespace Patron.Customers.Customers;

/// <summary>A change of a customer.</summary>
public sealed class CustomerChanges(params IEnumerable<FieldValue<Customer>> values) : RecordChanges<Customer>(CustomerSchema.Fields, values)
{
    /// <summary>The same with further values behind.</summary>
    public CustomerChanges And(params IEnumerable<FieldValue<Customer>> further)
    {
        var changes = new CustomerChanges([.. Values, .. further]);
        changes.TakeMistakes(this);
        return changes;
    }

    /// <summary>The values of these fields, and the mistakes.</summary>
    internal CustomerChanges Where(Func<Field<Customer>, bool> isMeant)
    {
        var changes = new CustomerChanges(Values.Where(value => isMeant(value.Field)));
        changes.TakeMistakes(this);
        return changes;
    }

    /// <summary>
    /// What fills the gaps of a record (linking.md, 'Merge', last line): values of fields that it leaves empty, and consents, of which the newest word
    /// stands.
    /// </summary>
    internal CustomerChanges FillingGapsOf(Customer customer) =>
        new(Values.Where(value => value.Field.IsConsent || CustomerSchema.IsEmptyWithItsParts(value.Field, customer)));
}
