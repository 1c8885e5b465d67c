using Patron.Customers.Addresses;
using Patron.Customers.Customers;

namespace Patron.Demo;

/// <summary>The demo company's customers: people and companies from a few countries, as a sales team would have entered them.</summary>
internal static class DemoPerson
{
    private static readonly string[] First =
    [
        "Amara", "Olivia", "Tendai", "José", "Zoë", "Wei", "Olga", "Amir", "Ruth", "Lars", "Ingrid", "Mateo", "Priya", "Kenji", "Fatima",
        "Noah", "Chipo", "Élodie", "Jürgen", "Siobhán", "Dmitri", "Aiko", "Thabo", "Nadia", "Piotr", "Leila", "Hugo", "Grace", "Samuel", "Mei",
    ];

    private static readonly string[] Last =
    [
        "Doe", "Moyo", "García", "Nguyen", "Smith", "Ivanova", "Chen", "Dube", "Khan", "Müller", "Ncube", "O'Brien", "Rossi", "Tanaka", "Silva",
        "Johansson", "Kowalski", "Haddad", "Okafor", "Dubois", "Sithole", "Larsen", "Novák", "Pereira", "Williams", "Brown", "Fischer", "Mbeki",
    ];

    private static readonly (string City, string State, string Country, string PostalCode, string Dial)[] Places =
    [
        ("New York", "NY", "USA", "10001", "+1 212 555"), ("Portland", "OR", "USA", "97201", "+1 503 555"), ("Chicago", "IL", "USA", "60601", "+1 312 555"),
        ("Harare", "Harare", "Zimbabwe", "00263", "+263 77"), ("Bulawayo", "Bulawayo", "Zimbabwe", "00263", "+263 71"), ("London", "England", "UK", "SW1A 1AA", "+44 20 7946"),
        ("Berlin", "Berlin", "Germany", "10115", "+49 30 901"), ("Paris", "Île-de-France", "France", "75001", "+33 1 4020"), ("Toronto", "ON", "Canada", "M5H 2N2", "+1 416 555"),
        ("Cape Town", "Western Cape", "South Africa", "8001", "+27 21 555"),
    ];

    private static readonly string[] Streets = ["Main Street", "Harbour Road", "Station Lane", "Mill Avenue", "Park View", "Church Street", "Jacaranda Drive", "Lake Road"];

    private static readonly string[] Trades = ["Logistics", "Interiors", "Software", "Catering", "Energy", "Textiles", "Printing", "Gardens"];

    private static readonly string[][] TagSets = [["premium", "newsletter"], ["retail"], ["wholesale", "vip"], ["newsletter"], [], ["trial"], ["retail", "vip"]];

    /// <summary>The customer with this number; the same number gives the same customer.</summary>
    public static CustomerDetails Make(int number)
    {
        // Multiplied by primes, so that names, places and trades do not go round in step.
        var first = First[number * 7 % First.Length];
        var last = Last[number * 11 % Last.Length];
        var place = Places[number * 3 % Places.Length];
        var company = number % 5 == 0 ? $"{last} {Trades[number / 5 % Trades.Length]} {number}" : null;
        return new CustomerDetails
        {
            FirstName = first,
            LastName = last,
            CustomerType = company is not null && number % 10 == 0 ? CustomerType.Company : CustomerType.Individual,
            CompanyName = company,
            Email = $"customer{number + 1}@demo.example",
            Phone = $"{place.Dial} {number % 10_000:D4}",
            Address = new Address
            {
                AddressLine1 = $"{number * 13 % 400 + 1} {Streets[number % Streets.Length]}",
                City = place.City,
                State = place.State,
                PostalCode = place.PostalCode,
                Country = place.Country,
            },
            DateOfBirth = company is null ? new DateOnly(1950, 1, 1).AddDays(number * 37 % 20_000) : null,
            Gender = (number % 20) switch { 0 => "other", < 10 => "female", _ => "male" },
            MarketingSms = number % 4 == 0,
            Tags = TagSets[number % TagSets.Length],
            Notes = number % 9 == 0 ? "Prefers to be called in the morning." : null,
            Standing = number % 8 == 0 ? CustomerStanding.Prospect : CustomerStanding.Active,
            IsDeleted = number % 40 == 39,
        };
    }
}
