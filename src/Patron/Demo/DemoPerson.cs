using Patron.Customers.Customers;

namespace Patron.Demo;

/// <summary>The demo company's customers: people and companies from a few countries.</summary>
internal static class DemoPerson
{
    private static readonly string[] First =
    [
        "Amara", "Olivia", "Tendai", "José", "Zoë", "Wei", "Olga", "Amir", "Ruth", "Lars", "Ingrid", "Mateo", "Priya", "Kenji", "Fatima",
        "Noah", "Chipo", "Élodie", "Jürgen", "Siobhán", "Dmitri", "Aiko", "Thabo", "Nadia", "Piotr", "Leila", "Hugo", "Grace", "Samuel",
        "Mei",
    ];

    private static readonly string[] Last =
    [
        "Doe", "Moyo", "García", "Nguyen", "Smith", "Ivanova", "Chen", "Dube", "Khan", "Müller", "Ncube", "O'Brien", "Rossi", "Tanaka",
        "Silva",
        "Johansson", "Kowalski", "Haddad", "Okafor", "Dubois", "Sithole", "Larsen", "Novák", "Pereira", "Williams", "Brown", "Fischer",
        "Mbeki",
    ];

    private static readonly (string City, string State, string Country, string PostalCode, string Dial)[] Places =
    [
        ("New York", "NY", "USA", "10001", "+1 212 555"), ("Portland", "OR", "USA", "97201", "+1 503 555"), ("Chicago", "IL", "USA",
            "60601", "+1 312 555"),
        ("Harare", "Harare", "Zimbabwe", "00263", "+263 77"), ("Bulawayo", "Bulawayo", "Zimbabwe", "00263", "+263 71"), ("London",
            "England", "UK", "SW1A 1AA", "+44 20 7946"),
        ("Berlin", "Berlin", "Germany", "10115", "+49 30 901"), ("Paris", "Île-de-France", "France", "75001", "+33 1 4020"), ("Toronto",
            "ON", "Canada", "M5H 2N2", "+1 416 555"),
        ("Cape Town", "Western Cape", "South Africa", "8001", "+27 21 555"),
    ];

    private static readonly string[] Streets = [
        "Main Street", "Harbour Road", "Station Lane", "Mill Avenue", "Park View", "Church Street", "Jacaranda Drive", "Lake Road"];

    private static readonly string[] Trades = [
        "Logistics", "Interiors", "Software", "Catering", "Energy", "Textiles", "Printing", "Gardens"];

    private static readonly string[][] TagSets = [
        ["premium", "newsletter"], ["retail"], ["wholesale", "vip"], ["newsletter"], [], ["trial"], ["retail", "vip"]];

    /// <summary>The name of the person with this number.</summary>
    public static string FullName(int number) => $"{First[number * 7 % First.Length]} {Last[number * 11 % Last.Length]}";

    /// <summary>The name of the company with this number.</summary>
    public static string CompanyName(int number) => $"{Last[number * 11 % Last.Length]} {Trades[number / 5 % Trades.Length]} {number}";

    /// <summary>The customer with this number; the same number gives the same customer.</summary>
    public static CustomerChanges Create(int number)
    {
        // Multiplied by primes, so that names, places and trades do not repeat in the same combinations.
        var first = First[number * 7 % First.Length];
        var last = Last[number * 11 % Last.Length];
        var place = Places[number * 3 % Places.Length];
        var company = number % 5 == 0 ? CompanyName(number) : null;
        var status = (number % 40) switch
        {
            39 => CustomerStatus.Inactive,
            var rest when rest % 8 == 0 => CustomerStatus.Prospect,
            _ => CustomerStatus.Active,
        };
        return new CustomerChanges(
            CustomerSchema.FirstName.With(first),
            CustomerSchema.LastName.With(last),
            CustomerSchema.Type.With(company is not null && number % 10 == 0 ? CustomerType.Company : CustomerType.Individual),
            CustomerSchema.CompanyName.With(company),
            CustomerSchema.Email.With($"customer{number + 1}@demo.example"),
            CustomerSchema.Phone.With($"{place.Dial} {number % 10_000:D4}"),
            CustomerSchema.AddressLine1.With($"{number * 13 % 400 + 1} {Streets[number % Streets.Length]}"),
            CustomerSchema.City.With(place.City),
            CustomerSchema.State.With(place.State),
            CustomerSchema.PostalCode.With(place.PostalCode),
            CustomerSchema.Country.With(place.Country),
            CustomerSchema.DateOfBirth.With(company is null ? new DateOnly(1950, 1, 1).AddDays(number * 37 % 20_000) : null),
            CustomerSchema.Gender.With((number % 20) switch { 0 => "other", < 10 => "female", _ => "male" }),
            CustomerSchema.MarketingSms.With(number % 4 == 0),
            CustomerSchema.Tags.With(TagSets[number % TagSets.Length]),
            CustomerSchema.Notes.With(number % 9 == 0 ? "Prefers to be called in the morning." : null),
            CustomerSchema.Status.With(status));
    }
}
