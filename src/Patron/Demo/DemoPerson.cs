using Patron.Customers.Customers;

namespace Patron.Demo;

/// <summary>Where a demo customer lives, and of a hundred customers how many live there.</summary>
internal sealed record DemoPlace(
    int Share, string City, string State, string Country, string PostalCode, string Dial);

/// <summary>The demo company's customers: people and companies from a few countries. The same number gives the same customer.</summary>
internal static class DemoPerson
{
    // Prime numbers of names: no two customers have the same first and last name.
    private static readonly string[] First =
    [
        "Amara", "Olivia", "Tendai", "José", "Zoë", "Wei", "Olga", "Amir", "Ruth", "Lars", "Ingrid", "Mateo", "Priya", "Kenji",
        "Fatima", "Noah", "Chipo", "Élodie", "Jürgen", "Siobhán", "Dmitri", "Aiko", "Thabo", "Nadia", "Piotr", "Leila", "Hugo", "Grace",
        "Samuel", "Mei", "Anouk", "Bastian", "Carla", "Diego", "Emeka", "Farai", "Greta", "Hanna", "Ibrahim", "Julia", "Katarina",
        "Liam", "Marta", "Nils", "Oumar", "Paula", "Quentin", "Rosa", "Stefan", "Tariro", "Ulrike", "Viktor", "Wanda", "Ximena",
        "Yusuf", "Zanele", "Arjun", "Beatrix", "Clemens", "Daria", "Ewan",
    ];

    private static readonly string[] Last =
    [
        "Doe", "Moyo", "García", "Nguyen", "Smith", "Ivanova", "Chen", "Dube", "Khan", "Müller", "Ncube", "O'Brien", "Rossi", "Tanaka",
        "Silva", "Johansson", "Kowalski", "Haddad", "Okafor", "Dubois", "Sithole", "Larsen", "Novák", "Pereira", "Williams", "Brown",
        "Fischer", "Mbeki", "Becker", "Schneider", "Weber", "Wagner", "Hoffmann", "Schulz", "Krüger", "Lehmann", "Taylor", "Evans",
        "Roberts", "Walker", "Wright", "Thompson", "Bernard", "Moreau", "Laurent", "Girard", "Chikwanha", "Mutasa", "Ndlovu", "Zhou",
        "Gumbo", "Huber", "Gruber", "Steiner", "Keller", "Brunner", "Meier", "Tremblay", "Gagnon", "Botha", "Naidoo", "Jackson",
        "Miller", "Davis", "Lopez", "Nakamura", "Yamamoto", "Petrov", "Sokolov", "Farouk", "Mansour", "Andersen", "Virtanen",
    ];

    private static readonly DemoPlace[] Places =
    [
        new(17, "Berlin", "Berlin", "Germany", "10115", "+49 30 901"), new(9, "Hamburg", "Hamburg", "Germany", "20095", "+49 40 669"),
        new(7, "Munich", "Bavaria", "Germany", "80331", "+49 89 998"), new(4, "Cologne", "North Rhine-Westphalia", "Germany", "50667",
            "+49 221 471"),
        new(12, "London", "England", "UK", "SW1A 1AA", "+44 20 7946"), new(3, "Manchester", "England", "UK", "M1 1AE", "+44 161 496"),
        new(9, "New York", "NY", "USA", "10001", "+1 212 555"), new(4, "Chicago", "IL", "USA", "60601", "+1 312 555"),
        new(3, "Portland", "OR", "USA", "97201", "+1 503 555"), new(7, "Paris", "Île-de-France", "France", "75001", "+33 1 4020"),
        new(2, "Lyon", "Auvergne-Rhône-Alpes", "France", "69001", "+33 4 7200"), new(9, "Harare", "Harare", "Zimbabwe", "00263", "+263 77"),
        new(3, "Bulawayo", "Bulawayo", "Zimbabwe", "00263", "+263 71"), new(3, "Vienna", "Vienna", "Austria", "1010", "+43 1 401"),
        new(3, "Zurich", "Zurich", "Switzerland", "8001", "+41 44 668"), new(3, "Toronto", "ON", "Canada", "M5H 2N2", "+1 416 555"),
        new(2, "Cape Town", "Western Cape", "South Africa", "8001", "+27 21 555"),
    ];

    private static readonly string[] Streets = [
        "Main Street", "Harbour Road", "Station Lane", "Mill Avenue", "Park View", "Church Street", "Jacaranda Drive", "Lake Road"];

    private static readonly string[] Trades = [
        "Logistics", "Interiors", "Software", "Catering", "Energy", "Textiles", "Printing", "Gardens"];

    private static readonly string[][] TagSets = [
        ["premium", "newsletter"], ["retail"], ["wholesale", "vip"], ["newsletter"], [], ["trial"], ["retail", "vip"]];

    // Multiplied by primes, so that names, places and trades do not repeat in the same combinations.
    public static string FirstName(int number) => First[number * 7 % First.Length];

    public static string LastName(int number) => Last[number * 11 % Last.Length];

    /// <summary>The name of the person with this number.</summary>
    public static string FullName(int number) => $"{FirstName(number)} {LastName(number)}";

    /// <summary>The name of the company with this number.</summary>
    public static string CompanyName(int number) => $"{LastName(number)} {Trades[number / 5 % Trades.Length]} {number}";

    public static bool IsCompany(int number) => number % 10 == 0;

    public static string Email(int number) => $"customer{number + 1}@demo.example";

    public static string Phone(int number) => $"{Place(number).Dial} {number * 7919 % 10_000:D4}";

    public static string Street(int number) => $"{(number * 13 % 400) + 1} {Streets[number % Streets.Length]}";

    public static DemoPlace Place(int number)
    {
        var share = number * 61 % Places.Sum(place => place.Share);
        return Places.First(place => (share -= place.Share) < 0);
    }

    /// <summary>The customer with this number.</summary>
    public static CustomerChanges Create(int number)
    {
        var place = Place(number);
        var company = number % 5 == 0 ? CompanyName(number) : null;
        var status = (number % 40) switch
        {
            39 => CustomerStatus.Inactive,
            var rest when rest % 8 == 0 => CustomerStatus.Prospect,
            _ => CustomerStatus.Active,
        };
        return new CustomerChanges(
            CustomerSchema.FirstName.With(FirstName(number)),
            CustomerSchema.LastName.With(LastName(number)),
            CustomerSchema.Type.With(IsCompany(number) ? CustomerType.Company : CustomerType.Individual),
            CustomerSchema.CompanyName.With(company),
            CustomerSchema.Email.With(Email(number)),
            CustomerSchema.Phone.With(Phone(number)),
            CustomerSchema.AddressLine1.With(Street(number)),
            CustomerSchema.City.With(place.City),
            CustomerSchema.State.With(place.State),
            CustomerSchema.PostalCode.With(place.PostalCode),
            CustomerSchema.Country.With(place.Country),
            CustomerSchema.DateOfBirth.With(company is null ? BirthDate(number) : null),
            CustomerSchema.Gender.With((number % 20) switch { 0 => "other", < 10 => "female", _ => "male" }),
            CustomerSchema.MarketingSms.With(number % 4 == 0),
            CustomerSchema.Tags.With(TagSets[number % TagSets.Length]),
            CustomerSchema.Notes.With(number % 9 == 0 ? "Prefers to be called in the morning." : null),
            CustomerSchema.Status.With(status));
    }

    // The sum of two numbers, so that most are of middle age: from about 20 to 80.
    private static DateOnly BirthDate(int number) => new DateOnly(2006, 1, 1).AddDays(-((number * 37 % 11_000) + (number * 101 % 11_000)));
}
