using System.Globalization;

namespace Patron.Customers.Matching;

/// <summary>Why two records are suspected to be one customer's, or what speaks against it.</summary>
/// <param name="Code">The kind of agreement or difference, in snake case.</param>
/// <param name="Text">The same for people, with the values where they differ a little.</param>
/// <param name="Weight">The strength in bits; negative if it speaks against.</param>
public sealed record ComparisonReason(string Code, string Text, double Weight);

/// <summary>Puts a comparison into words, the strongest reason first.</summary>
internal static class ComparisonReasons
{
    public static IReadOnlyList<ComparisonReason> Of(
        ComparisonVector vector, MatchModel model, in MatchRecord one, in MatchRecord other, ValuePool pool)
    {
        var list = new ReasonList(vector, model, pool);
        var (given, surname) = (other.GivenName, other.Surname);
        if (vector.HasSwappedNames)
        {
            list.Add(Comparison.GivenName, "names_swapped", "names swapped");
            (given, surname) = (surname, given);
        }

        list.AddName(Comparison.GivenName, "first_name", "first name", one.GivenName, given);
        list.AddName(Comparison.Surname, "last_name", "last name", one.Surname, surname);
        AddCompany(list, vector, one, other);
        AddBirthDate(list, vector);
        list.AddCode(Comparison.Phone, "phone", "phone");
        AddEmail(list, vector, one, other);
        list.AddCode(Comparison.TaxId, "tax_id", "tax id");
        AddAddress(list, vector, one, other);
        return list.Sorted();
    }

    private static void AddCompany(ReasonList list, ComparisonVector vector, in MatchRecord one, in MatchRecord other)
    {
        switch (vector.Company)
        {
            case NameLevel.Equal when one.LegalForm != other.LegalForm:
                list.Add(Comparison.Company, "same_company", "same company without legal form");
                break;
            case NameLevel.Elsewhere:
                list.Add(Comparison.Company, "same_employer", "same company of both people");
                break;
            case NameLevel.DifferentElsewhere:
                break;
            default:
                list.AddName(Comparison.Company, "company", "company", one.Company, other.Company);
                break;
        }
    }

    private static void AddBirthDate(ReasonList list, ComparisonVector vector)
    {
        var (code, text) = vector.BirthDate switch
        {
            DateLevel.Equal => ("same_birth_date", "same birth date"),
            DateLevel.Swapped => ("day_and_month_swapped", "day and month swapped"),
            DateLevel.OneDigit => ("birth_date_one_digit", "birth date: one digit differs"),
            DateLevel.TwoParts => ("similar_birth_date", "birth date: one part differs"),
            DateLevel.TwoDigits => ("similar_birth_date", "birth date: two digits differ"),
            DateLevel.Missing or DateLevel.OneYear => ("", ""),
            _ => ("different_birth_date", "different birth date"),
        };
        list.Add(Comparison.BirthDate, code, text);
    }

    private static void AddEmail(ReasonList list, ComparisonVector vector, in MatchRecord one, in MatchRecord other)
    {
        switch (vector.Email)
        {
            case EmailLevel.Equal:
                list.Add(Comparison.Email, "same_email", "same email");
                break;
            case EmailLevel.Near or EmailLevel.Similar:
                list.AddPair(Comparison.Email, "similar_email", "similar email", one.Email, other.Email);
                break;
            case EmailLevel.SameLocalPart or EmailLevel.SameNames:
                list.Add(Comparison.Email, "same_email_name", "same email name at two providers");
                break;
            case EmailLevel.SameDomain:
                list.Add(Comparison.Email, "same_email_domain", "same rare email domain");
                break;
            case EmailLevel.Different:
                list.Add(Comparison.Email, "different_email", "different email");
                break;
        }
    }

    private static void AddAddress(ReasonList list, ComparisonVector vector, in MatchRecord one, in MatchRecord other)
    {
        var isPlace = vector.PostalCode == CodeLevel.Equal || (vector.PostalCode == CodeLevel.Missing && vector.City == CodeLevel.Equal);
        if (isPlace && vector.Street == NameLevel.Equal && vector.HouseNumber is CodeLevel.Equal or CodeLevel.Missing)
        {
            list.Add(Comparison.Street, "same_address", "same address");
            return;
        }

        if (vector.Street == NameLevel.Elsewhere)
        {
            list.Add(Comparison.Street, "address_lines_swapped", "address lines swapped");
        }
        else
        {
            list.AddName(Comparison.Street, "street", "street", one.Street, other.Street);
        }

        list.AddCode(Comparison.HouseNumber, "house_number", "house number");
        if (vector.PostalCode is CodeLevel.Equal or CodeLevel.Near)
        {
            list.Add(
                Comparison.Place, vector.PostalCode == CodeLevel.Equal ? "same_postal_code" : "postal_code_one_digit",
                vector.PostalCode == CodeLevel.Equal ? "same postal code" : "postal code: one digit differs");
        }

        if (vector.City == CodeLevel.Near)
        {
            list.AddPair(Comparison.Place, "similar_city", "similar city", one.City, other.City);
        }
        else if (vector.City == CodeLevel.Equal && vector.PostalCode != CodeLevel.Equal)
        {
            list.Add(Comparison.Place, "same_city", "same city");
        }
        else if (vector.City == CodeLevel.Different && vector.PostalCode != CodeLevel.Equal)
        {
            list.Add(Comparison.Place, "different_city", "different city");
        }
    }
}

/// <summary>The reasons of one pair.</summary>
internal sealed class ReasonList(ComparisonVector vector, MatchModel model, ValuePool pool)
{
    private const double LeastWeight = 0.5; // Bits.

    private readonly List<ComparisonReason> reasons = [];

    public void Add(Comparison comparison, string code, string text)
    {
        if (code.Length > 0)
        {
            reasons.Add(new ComparisonReason(code, text, model.BitsOf(vector, comparison)));
        }
    }

    public void AddPair(Comparison comparison, string code, string text, int one, int other)
    {
        var (first, second) = (Show(one), Show(other));
        Add(comparison, code, string.CompareOrdinal(first, second) <= 0 ? $"{text}: {first} / {second}" : $"{text}: {second} / {first}");
    }

    public void AddName(Comparison comparison, string code, string word, int one, int other)
    {
        switch ((NameLevel)vector[comparison])
        {
            case NameLevel.Equal:
                Add(comparison, $"same_{code}", $"same {word}");
                break;
            case NameLevel.Near or NameLevel.Similar or NameLevel.Weak:
                AddPair(comparison, $"similar_{code}", $"similar {word}", one, other);
                break;
            case NameLevel.Partial:
                AddPair(comparison, $"short_{code}", $"short form or part of the {word}", one, other);
                break;
            case NameLevel.Different when one != 0 && other != 0:
                Add(comparison, $"different_{code}", $"different {word}");
                break;
        }
    }

    public void AddCode(Comparison comparison, string code, string word)
    {
        switch ((CodeLevel)vector[comparison])
        {
            case CodeLevel.Equal:
                Add(comparison, $"same_{code}", $"same {word}");
                break;
            case CodeLevel.Near:
                Add(comparison, $"{code}_one_digit", $"{word}: one digit differs");
                break;
            case CodeLevel.Different:
                Add(comparison, $"different_{code}", $"different {word}");
                break;
        }
    }

    /// <summary>First what speaks for the pair, then what speaks against it, each by strength.</summary>
    public IReadOnlyList<ComparisonReason> Sorted() =>
    [
        .. reasons.Where(reason => Math.Abs(reason.Weight) >= LeastWeight)
            .OrderBy(reason => reason.Weight < 0).ThenByDescending(reason => Math.Abs(reason.Weight)),
    ];

    // Values are folded; addresses of mailboxes are lower case anyway.
    private string Show(int value)
    {
        var text = pool.TextOf(value);
        return text.Contains('@', StringComparison.Ordinal) ? text : CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text);
    }
}
