using System.Globalization;
using Patron.Erp;

namespace Patron.Demo;

/// <summary>The partners of the demo ERP: three dozen people and companies, the same at every start. The first one has a portal login.</summary>
internal static class DemoPartners
{
    private const int Count = 36;

    /// <summary>The person with the portal login.</summary>
    public static ErpPartner Jane { get; } = Person(1, "Jane Miller", "jane@demo.example");

    /// <summary>A person who has been invited and has no account yet.</summary>
    public static ErpPartner Tom { get; } = Person(2, "Tom Becker", "tom@demo.example");

    public static IReadOnlyList<ErpPartner> All { get; } = [Jane, Tom, .. Enumerable.Range(3, Count - 2).Select(Create)];

    /// <summary>The partner with this id; null if there is none.</summary>
    public static ErpPartner? Find(string id) => All.FirstOrDefault(partner => partner.Id == id);

    private static ErpPartner Create(int number)
    {
        var email = $"partner{number}@demo.example";
        return number % 3 == 0
            ? Person(number, DemoPerson.CompanyName(number), email) with { IsCompany = true, TaxId = $"DE{811_000_000 + number}" }
            : Person(number, DemoPerson.FullName(number), email);
    }

    private static ErpPartner Person(int number, string name, string email) =>
        new(number.ToString(CultureInfo.InvariantCulture), number, name)
        {
            Email = email,
            Phone = $"+49 30 901 {8200 + number}",
            Street = $"Harbour Road {number}",
            City = "Berlin",
            PostalCode = "10115",
            Country = "Germany",
            Reference = $"DEMO-{number:D3}",
        };
}
