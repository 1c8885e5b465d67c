using Patron.Customers.Matching;

namespace Patron.Linkage;

/// <summary>
/// Generated customers as a file for <c>patron import customers</c>. The reference says of which customer each is a copy. No generated value
/// has a comma or a quotation mark.
/// </summary>
internal static class CustomerFile
{
    private const string Header =
        "reference,customer_type,name,first_name,last_name,company_name,email,phone,date_of_birth,tax_id,address_line1,address_line2,city,postal_code,country";

    public static void Write(CustomerGenerator generator, string path)
    {
        using var file = new StreamWriter(path);
        file.WriteLine(Header);
        foreach (var (number, customer) in generator.Generate().Index())
        {
            file.WriteLine(string.Join(',', Cells($"{generator.OriginalOf(number)}/{number}", customer)));
        }
    }

    private static string?[] Cells(string reference, MatchInput one) =>
    [
        reference, one.IsCompany ? "company" : "individual", one.Name, one.FirstName, one.LastName, one.IsCompany ? null : one.CompanyName,
        one.Email, one.Phone, one.DateOfBirth, one.TaxId, one.AddressLine1, one.AddressLine2, one.City, one.PostalCode, one.Country,
    ];
}
