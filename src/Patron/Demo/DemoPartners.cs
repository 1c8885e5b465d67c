using System.Globalization;
using Patron.Erp;

namespace Patron.Demo;

/// <summary>
/// The partners of the demo ERP, the same at every start: three dozen people and companies of its own, more than a thousand who are
/// customers already, and a few that staff must decide about. The first one has a portal login.
/// </summary>
internal static class DemoPartners
{
    private const int Own = 36;
    private const int FirstShared = 1001;
    private const int FirstUnclear = 9001;

    /// <summary>The person with the portal login.</summary>
    public static ErpPartner Jane { get; } = Person(1, "Jane Miller", "jane@demo.example");

    /// <summary>A person who has been invited and has no account yet.</summary>
    public static ErpPartner Tom { get; } = Person(2, "Tom Becker", "tom@demo.example");

    /// <summary>The numbers of the customers (<see cref="DemoPerson"/>) whom the ERP has too.</summary>
    public static IReadOnlyList<int> Shared { get; } =
        [.. Enumerable.Range(0, DemoCompany.Size).Where(number => number % 5 is 1 or 2 or 3)];

    public static IReadOnlyList<ErpPartner> All { get; } =
    [
        Jane, Tom, .. Enumerable.Range(3, Own - 2).Select(Create),
        .. Shared.Select((number, place) => Customer(FirstShared + place, number)),
        .. Unclear(),
    ];

    /// <summary>The partner with this id; null if there is none.</summary>
    public static ErpPartner? Find(string id) => All.FirstOrDefault(partner => partner.Id == id);

    // Two entries for one address, and archived entries of people who are customers by themselves: conflicts of the first run.
    private static IEnumerable<ErpPartner> Unclear() =>
    [
        Customer(FirstUnclear, 11) with { Name = $"{DemoPerson.FullName(11)} (office)" },
        Customer(FirstUnclear + 1, 27) with { Name = $"{DemoPerson.FullName(27)} (private)" },
        Customer(FirstUnclear + 2, 4) with { IsActive = false },
        Customer(FirstUnclear + 3, 14) with { IsActive = false },
        Customer(FirstUnclear + 4, 24) with { IsActive = false },
    ];

    private static ErpPartner Customer(int id, int number)
    {
        var place = DemoPerson.Place(number);
        var name = DemoPerson.IsCompany(number) ? DemoPerson.CompanyName(number) : DemoPerson.FullName(number);
        return Person(id, name, DemoPerson.Email(number)) with
        {
            IsCompany = DemoPerson.IsCompany(number), Phone = DemoPerson.Phone(number), Street = DemoPerson.Street(number),
            City = place.City, State = place.State, PostalCode = place.PostalCode, Country = place.Country,
        };
    }

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
