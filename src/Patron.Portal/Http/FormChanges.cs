using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Portal.Http;

/// <summary>Forms that change a record: each field of the form is the declared field of the same name.</summary>
internal static class FormChanges
{
    /// <summary>What a form says of a customer's own record.</summary>
    public static CustomerChanges ToChanges(this FormInput input)
    {
        var changes = new CustomerChanges();
        Add(input, changes, CustomerSchema.OwnFields);
        return changes;
    }

    /// <summary>What a form says of an address.</summary>
    public static AddressChanges ToAddressChanges(this FormInput input)
    {
        var changes = new AddressChanges();
        Add(input, changes, AddressSchema.Fields.Written);
        return changes;
    }

    private static void Add<TRecord>(FormInput input, RecordChanges<TRecord> changes, IReadOnlyList<Field<TRecord>> fields)
        where TRecord : class
    {
        foreach (var field in fields)
        {
            if (input.Has(field.Name))
            {
                changes.Add(field, field.TryParse(input[field.Name]));
            }
        }
    }
}
