using Patron.Customers.Matching;

namespace Patron.Linkage;

/// <summary>Makes a copy of a customer as people, forms and systems distort it: one to four changes.</summary>
internal sealed class Noise(Random random)
{
    public MatchInput Apply(MatchInput customer)
    {
        for (var change = 1 + random.Next(4); change > 0; change--)
        {
            customer = customer.IsCompany ? ChangeCompany(customer) : ChangePerson(customer);
        }

        return customer;
    }

    private MatchInput ChangePerson(MatchInput one) => random.Next(16) switch
    {
        0 => one with { FirstName = Mistype(one.FirstName) },
        1 => one with { LastName = Mistype(one.LastName) },
        2 => one with { FirstName = one.LastName, LastName = one.FirstName },
        3 => one with { FirstName = one.FirstName?[..1] },
        4 => one with { FirstName = Transliterate(one.FirstName), LastName = Transliterate(one.LastName) },
        5 => one with { LastName = random.Next(3) == 0 ? CustomerGenerator.Surname(random) : one.LastName },
        6 => one with { DateOfBirth = null },
        7 => one with { DateOfBirth = SwapDate(one.DateOfBirth) },
        8 => one with { DateOfBirth = ChangeDigit(one.DateOfBirth) },
        9 or 10 => one with { Email = random.Next(2) == 0 ? null : CustomerGenerator.Email(random, one.FirstName!, one.LastName!) },
        _ => ChangeContact(one),
    };

    private MatchInput ChangeContact(MatchInput one)
    {
        switch (random.Next(8))
        {
            case 0:
                var moved = new CustomerGenerator.Address(random);
                return one with { AddressLine1 = moved.Line1, City = moved.City, PostalCode = moved.PostalCode };
            case 1:
                return one with { AddressLine1 = Mistype(one.AddressLine1) };
            case 2:
                return one with { City = Mistype(one.City) };
            case 3:
                return one with { PostalCode = ChangeDigit(one.PostalCode) };
            case 4:
                return one with { Phone = random.Next(2) == 0 ? null : CustomerGenerator.Phone(random) };
            case 5:
                return one with { Phone = one.Phone?.Replace("+49 ", "0", StringComparison.Ordinal).Replace(' ', '/') };
            case 6:
                return one with { Email = Mistype(one.Email) };
            default:
                return one with { AddressLine1 = Replace(one.AddressLine1, ("Strasse", "Str."), ("Street", "St")) };
        }
    }

    private MatchInput ChangeCompany(MatchInput one) => random.Next(6) switch
    {
        0 => one with { Name = Mistype(one.Name) },
        1 or 2 => one with { Name = string.Join(' ', one.Name!.Split(' ').Take(2)) },
        3 => one with { Name = one.Name?.ToUpperInvariant(), TaxId = null },
        4 => one with { Email = null },
        _ => ChangeContact(one),
    };

    // An inserted, missing, wrong or swapped letter.
    private string? Mistype(string? text)
    {
        if (text is not { Length: > 2 })
        {
            return text;
        }

        var place = 1 + random.Next(text.Length - 2);
        var letter = (char)('a' + random.Next(26));
        return random.Next(4) switch
        {
            0 => text.Insert(place, letter.ToString()),
            1 => text.Remove(place, 1),
            2 => text.Remove(place, 1).Insert(place, letter.ToString()),
            _ => $"{text[..place]}{text[place + 1]}{text[place]}{text[(place + 2)..]}",
        };
    }

    private static string? Transliterate(string? text) => Replace(
        text, ("ü", "ue"), ("ö", "oe"), ("ä", "ae"), ("ß", "ss"), ("é", "e"), ("ç", "c"), ("ł", "l"), ("ø", "o"));

    private static string? Replace(string? text, params (string Old, string New)[] replacements) => replacements.Aggregate(
        text, (current, replacement) => current?.Replace(replacement.Old, replacement.New, StringComparison.Ordinal));

    private static string? SwapDate(string? date) =>
        date is null || string.CompareOrdinal(date[8..], "12") > 0 ? date : $"{date[..5]}{date[8..]}-{date[5..7]}";

    private string? ChangeDigit(string? text)
    {
        if (text is not { Length: > 3 })
        {
            return text;
        }

        var place = text.Length - 1 - random.Next(2);
        return text.Remove(place, 1).Insert(place, random.Next(10).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
