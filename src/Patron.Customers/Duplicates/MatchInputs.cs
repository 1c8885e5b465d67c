using Patron.Customers.Customers;
using Patron.Customers.Matching;
using Patron.Customers.Schema;
using Patron.Shared.Database;

namespace Patron.Customers.Duplicates;

/// <summary>The values of customers that are compared.</summary>
internal static class MatchInputs
{
    private static readonly Field<Customer>[] Fields =
    [
        CustomerSchema.Uid, CustomerSchema.FirstName, CustomerSchema.LastName, CustomerSchema.Name, CustomerSchema.CompanyName,
        CustomerSchema.Type, CustomerSchema.Email, CustomerSchema.Phone, CustomerSchema.Mobile, CustomerSchema.TaxId,
        CustomerSchema.DateOfBirth, CustomerSchema.AddressLine1, CustomerSchema.AddressLine2, CustomerSchema.City, CustomerSchema.State,
        CustomerSchema.PostalCode, CustomerSchema.Country,
    ];

    /// <summary>The columns, of a table with the alias <c>c</c>, for <see cref="Read"/>.</summary>
    public static string Columns { get; } = Fields.Names("c.");

    public static (Guid Uid, MatchInput Input) Read(RowCursor row)
    {
        var customer = row.Record(Fields, new Customer());
        return (customer.Uid, Of(customer));
    }

    public static MatchInput Of(Customer customer) => new()
    {
        FirstName = customer.FirstName,
        LastName = customer.LastName,
        Name = customer.Name,
        CompanyName = customer.CompanyName,
        IsCompany = customer.CustomerType == CustomerType.Company,
        Email = customer.Email,
        Phone = customer.Phone,
        Mobile = customer.Mobile,
        TaxId = customer.TaxId,
        DateOfBirth = customer.DateOfBirth?.ToString("O"),
        AddressLine1 = customer.AddressLine1,
        AddressLine2 = customer.AddressLine2,
        City = customer.City,
        State = customer.State,
        PostalCode = customer.PostalCode,
        Country = customer.Country,
    };
}
