using Patron.Accounts.Passwords;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Web.Pages;

namespace Patron.Portal.Http;

/// <summary>Reads forms: each field of a record is the declared field of the same name.</summary>
internal static class FormChanges
{
    /// <summary>Reads the changes of a customer's own record from a form.</summary>
    public static CustomerChanges ToChanges(this FormInput input, IReadOnlyDictionary<string, string> consentWordings)
    {
        var changes = new CustomerChanges { ConsentWordings = consentWordings };
        Add(input, changes, CustomerSchema.OwnFields);
        return changes;
    }

    /// <summary>Reads the changes of an address from a form.</summary>
    public static AddressChanges ToAddressChanges(this FormInput input)
    {
        var changes = new AddressChanges();
        Add(input, changes, AddressSchema.Fields.Written);
        return changes;
    }

    /// <summary>Reads the new password of a form, which is typed twice.</summary>
    public static NewPassword ReadNewPassword(this FormInput input) => new(input["password"], input["password_confirmation"]);

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
