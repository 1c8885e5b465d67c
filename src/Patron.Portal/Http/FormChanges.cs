using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Portal.Http;

/// <summary>Forms that change a record: each field of the form is the declared field of the same name.</summary>
internal static class FormChanges
{
    /// <summary>What a form says of these fields of a customer.</summary>
    public static CustomerChanges ToChanges(this FormInput input, params IReadOnlyList<Field<Customer>> fields)
    {
        var changes = new CustomerChanges();
        Add(input, changes, fields);
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
            // A box that is not checked is not sent.
            if (field.JsonType == "boolean")
            {
                changes.Add(field, field.TryParse(input.IsOn(field.Name) ? "on" : "off"));
            }
            else if (input.Has(field.Name))
            {
                changes.Add(field, field.TryParse(input[field.Name]));
            }
        }
    }
}
