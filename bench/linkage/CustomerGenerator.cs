using System.Globalization;
using Patron.Customers.Matching;

namespace Patron.Linkage;

/// <summary>
/// Makes customers with realistic frequencies: names by Zipf's law with a long tail, households that share address, surname and phone,
/// towns with postal codes, companies. The last of them are noisy copies of others. Every customer follows from the seed and its number
/// alone.
/// </summary>
internal sealed class CustomerGenerator(int count, double duplicates = 0.05, int seed = 18)
{
    private const int Towns = 6000;

    private int Originals { get; } = count - (int)(count * duplicates);

    /// <summary>The customers, the copies last.</summary>
    public IEnumerable<MatchInput> Generate() => Enumerable.Range(0, count).Select(Make);

    /// <summary>The number of the customer that this one is, or is a copy of.</summary>
    public int OriginalOf(int number) => number < Originals ? number : Source(number).Next(Originals);

    /// <summary>The customer with this number.</summary>
    public MatchInput Make(int number)
    {
        if (number < Originals)
        {
            return MakeOriginal(number);
        }

        var random = Source(number);
        return new Noise(random).Apply(MakeOriginal(random.Next(Originals)));
    }

    private Random Source(int number) => new(HashCode(seed, number));

    // Different for different numbers: each step can be undone.
    private static int HashCode(int seed, int number)
    {
        var hash = (((ulong)number * 2654435761) ^ (ulong)seed) & int.MaxValue;
        hash = (hash ^ (hash >> 15)) * 3266489917 & int.MaxValue;
        return (int)(hash ^ (hash >> 13));
    }

    private MatchInput MakeOriginal(int number)
    {
        // Every third pair of neighbours lives together.
        var isHousehold = number % 2 == 1 && number / 2 % 3 == 0;
        var random = Source(number);
        var shared = isHousehold ? Source(number - 1) : Source(number);
        var surname = Surname(shared);
        var address = new Address(shared);
        var phone = Phone(shared);
        if (!isHousehold && random.Next(100) < 8)
        {
            return Company(random, address, phone);
        }

        // Not seeded by a random number: among a million, some would be the same and make the same person twice.
        random = new Random(HashCode(seed + 1, number));
        var first = random.Next(2) == 0 ? Pick(random, NameLists.Women) : Pick(random, NameLists.Men);
        if (isHousehold && first == MakeOriginal(number - 1).FirstName)
        {
            first = NameLists.Women[^(1 + random.Next(20))];
        }

        surname = random.Next(100) < 12 ? Surname(random) : surname;
        phone = random.Next(100) < 50 ? Phone(random) : phone;
        return new MatchInput
        {
            FirstName = random.Next(100) < 6 ? $"{first} {Pick(random, NameLists.Men)}" : first,
            LastName = surname,
            CompanyName = random.Next(100) < 5 ? CompanyName(random) : null,
            Email = random.Next(100) < 75 ? Email(random, first, surname) : null,
            Phone = random.Next(100) < 70 ? phone : null,
            DateOfBirth = random.Next(100) < 60 ? BirthDate(random) : null,
            AddressLine1 = random.Next(100) < 92 ? address.Line1 : null,
            AddressLine2 = random.Next(100) < 4 ? $"Apt {random.Next(1, 60)}" : null,
            City = address.City,
            PostalCode = random.Next(100) < 95 ? address.PostalCode : null,
            Country = random.Next(100) < 60 ? "DE" : null,
        };
    }

    private static MatchInput Company(Random random, Address address, string phone)
    {
        var name = CompanyName(random);
        return new MatchInput
        {
            IsCompany = true,
            Name = name,
            Email = random.Next(100) < 60 ? CompanyEmail(random, name) : null,
            Phone = random.Next(100) < 80 ? phone : null,
            TaxId = random.Next(100) < 40 ? $"DE{random.Next(100_000_000, 999_999_999)}" : null,
            AddressLine1 = address.Line1,
            City = address.City,
            PostalCode = address.PostalCode,
        };
    }

    private static string CompanyEmail(Random random, string name) =>
        $"{(random.Next(2) == 0 ? "info" : "office")}@{Plain(string.Concat(name.Split(' ').Take(2)))}{Letters(random)}.com";

    private static string Letters(Random random) => string.Concat(Enumerable.Range(0, 3).Select(_ => (char)('a' + random.Next(26))));

    private static string CompanyName(Random random) =>
        $"{FirstWords(random)} {Pick(random, NameLists.Trades)} {Pick(random, NameLists.LegalForms)}";

    private static string FirstWords(Random random) => random.Next(2) == 0 ? Surname(random) : $"{Compose(random)} {Compose(random)}";

    public static string Surname(Random random) => random.Next(100) < 55 ? Pick(random, NameLists.Surnames) : Compose(random);

    public static string Phone(Random random) => $"+49 {random.Next(30, 999)} {random.Next(100_000, 9_999_999)}";

    public static string Email(Random random, string first, string surname)
    {
        var (given, family) = (Plain(first), Plain(surname));
        var local = random.Next(4) switch
        {
            0 => $"{given}.{family}{random.Next(100_000)}",
            1 => $"{given[..1]}{family}{random.Next(100_000)}",
            2 => $"{given}{random.Next(1950, 2010)}{Letters(random)}",
            _ => $"{family}.{given[..1]}{random.Next(100_000)}",
        };
        return $"{local}@{(random.Next(5) == 0 ? Plain(Compose(random)) + ".net" : Pick(random, NameLists.Domains))}";
    }

    private static string BirthDate(Random random) => random.Next(100) == 0
        ? $"{random.Next(1930, 2006)}-01-01"
        : new DateOnly(1930, 1, 1).AddDays(random.Next(27_700)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // Zipf's law: the n-th word is n times rarer than the first.
    public static string Pick(Random random, string[] words) => words[(int)(Math.Pow(words.Length + 1, random.NextDouble()) - 1)];

    private static string Compose(Random random) =>
        NameLists.Beginnings[random.Next(NameLists.Beginnings.Length)] + NameLists.Middles[random.Next(NameLists.Middles.Length)]
        + Pick(random, NameLists.Endings);

    public static string Plain(string text) => string.Concat(
        text.Normalize(System.Text.NormalizationForm.FormD).Where(char.IsAsciiLetter)).ToLowerInvariant() is { Length: > 0 } plain
            ? plain : "x";

    /// <summary>An address; towns have between one and some hundred postal codes, by their size.</summary>
    internal sealed record Address
    {
        public Address(Random random)
        {
            var town = (int)(Math.Pow(Towns + 1, random.NextDouble()) - 1);
            City = Compose(new Random(town));
            PostalCode = (10_000 + ((town * 7919) + random.Next(1 + (600 / (town + 3)))) % 90_000).ToString(CultureInfo.InvariantCulture);
            var street = random.Next(100) < 50 ? Pick(random, NameLists.Streets) : Compose(random);
            Line1 = $"{street} {Pick(random, NameLists.StreetTypes)} {1 + (int)Math.Pow(200, random.NextDouble())}";
        }

        public string City { get; }

        public string PostalCode { get; }

        public string Line1 { get; }
    }
}
