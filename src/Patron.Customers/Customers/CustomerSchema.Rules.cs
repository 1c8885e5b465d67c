using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <content>Ownership, merging and validation of the declared fields.</content>
public static partial class CustomerSchema
{
    /// <summary>Merges the other record's values into this one by each field's rule. Parts of a whole are merged together.</summary>
    internal static void MergeInto(Customer customer, Customer other)
    {
        var before = customer.Copy();
        foreach (var field in Fields.Written)
        {
            if (field.Merge == MergeRule.Combine)
            {
                field.CombineInto(customer, other);
            }
            else if (field.Merge == MergeRule.FillEmpty && IsEmptyWithItsParts(field, before))
            {
                field.Copy(other, customer);
            }
        }
    }

    /// <summary>Whether the field is empty, and with it all other parts of the same whole.</summary>
    internal static bool IsEmptyWithItsParts(Field<Customer> field, Customer customer) => field.PartOf is null
        ? field.IsEmpty(customer)
        : Fields.Written.Where(part => part.PartOf == field.PartOf).All(part => part.IsEmpty(customer));

    /// <summary>
    /// Keeps fields that the reader does not see and left empty, because an answer showed them as null and clients send back what they got.
    /// </summary>
    internal static void KeepHidden(Customer shown, Customer requested)
    {
        foreach (var field in Fields.Written.Where(field => field.Reader < shown.Reader && field.IsEmpty(requested)))
        {
            field.Copy(shown, requested);
        }
    }

    /// <summary>Whether the record's account owns the field, unless an ERP does.</summary>
    public static bool IsOwnedByAccount(Field<Customer> field, Customer customer) => customer.UserId is not null
        && (field.Owner == FieldOwner.Account
            || (field.Owner == FieldOwner.AccountOfIndividual && customer.CustomerType == CustomerType.Individual));

    /// <summary>The fields that a new record has a value for.</summary>
    internal static IReadOnlyList<Field<Customer>> WrittenOn(Customer customer) => Fields.Changed(NewCustomer, customer);

    /// <summary>
    /// The names of fields whose values people could not enter. A sync stores them unchanged (contract, 'The customer record').
    /// </summary>
    public static IEnumerable<string> FindInvalidFields(Customer customer, DateOnly today) =>
        Fields.Written.Where(field => field.Problem(customer, today) is not null).Select(field => field.Name);

    /// <summary>The 422 for a new record, added to the existing errors, or null.</summary>
    internal static Error? CheckNew(
        Customer customer, IReadOnlyCollection<string> required, DateTimeOffset now, FieldErrors? errors = null) =>
        Check(customer, Fields.Written, required, now, errors);

    /// <summary>Adds an error for each value that no record may have, under the name that the request uses.</summary>
    internal static void CheckValues(CustomerChanges changes, FieldErrors errors, Func<string, string> nameOf, DateTimeOffset now)
    {
        var record = Customer.FromChanges(changes);
        foreach (var field in changes.Values.Select(value => value.Field))
        {
            if (field.Problem(record, DateOnly.FromDateTime(now.UtcDateTime)) is { } problem)
            {
                errors.Add(nameOf(field.Name), problem);
            }
        }
    }

    /// <summary>
    /// The 422 for the given fields, added to the existing errors, or null. Required fields must not be empty, and a record without account
    /// needs a name.
    /// </summary>
    internal static Error? Check(
        Customer customer, IEnumerable<Field<Customer>> fields, IReadOnlyCollection<string> required, DateTimeOffset now,
        FieldErrors? errors = null)
    {
        errors ??= new FieldErrors();
        RecordSchema<Customer>.Check(customer, fields, required, DateOnly.FromDateTime(now.UtcDateTime), errors);
        if (customer is { Name.Length: 0, UserId: null } && !errors.Any)
        {
            errors.Add("name", "Enter a first and last name, or a company name.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}
