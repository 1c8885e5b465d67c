using System.Collections.Frozen;

namespace Patron.Customers.Matching;

/// <summary>The parts of an address's first line, folded: the house number and the street with its type spelt out.</summary>
internal readonly record struct AddressParts(string HouseNumber, string Street)
{
    private static readonly FrozenDictionary<string, string> LongForms = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["st"] = "street", ["str"] = "strasse", ["rd"] = "road", ["ave"] = "avenue", ["av"] = "avenue", ["pl"] = "place", ["ct"] = "court",
        ["cres"] = "crescent", ["cr"] = "crescent", ["dr"] = "drive", ["ln"] = "lane", ["blvd"] = "boulevard", ["hwy"] = "highway",
        ["pde"] = "parade", ["tce"] = "terrace", ["ter"] = "terrace", ["cct"] = "circuit", ["cir"] = "circle", ["cl"] = "close",
        ["sq"] = "square", ["pkwy"] = "parkway", ["n"] = "north", ["s"] = "south", ["e"] = "east", ["w"] = "west",
        ["plz"] = "plaza", ["apt"] = "apartment", ["fl"] = "floor", ["ste"] = "suite", ["bldg"] = "building", ["mt"] = "mount",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Splits a folded line such as <c>7 wallaby pl</c>, <c>hauptstr 12 a</c> or <c>unit 4 7 smith st</c>.</summary>
    public static AddressParts Parse(string folded)
    {
        var words = folded.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var place = FindNumber(words);
        if (place < 0)
        {
            return new AddressParts("", Join(words));
        }

        var number = words[place];
        words.RemoveAt(place);
        if (place < words.Count && words[place] is [>= 'a' and <= 'h'] letter && place > 0)
        {
            number += letter;
            words.RemoveAt(place);
        }

        return new AddressParts(number.TrimStart('0'), Join(words));
    }

    /// <summary>The text with the long forms of common abbreviations.</summary>
    public static string Expand(string folded) => Join(folded.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    // The last of the numbers at the start (the first ones are a flat), else the last number.
    private static int FindNumber(List<string> words)
    {
        if (words.Count > 0 && IsNumber(words[0]))
        {
            var place = 0;
            while (place + 2 < words.Count && IsNumber(words[place + 1]))
            {
                place++;
            }

            return place;
        }

        return words.FindLastIndex(IsNumber);
    }

    // Ordinals name a street: 5th avenue.
    private static bool IsNumber(string word) =>
        char.IsAsciiDigit(word[0])
        && !(word.Length > 2 && char.IsAsciiDigit(word[^3]) && word[^2..] is "st" or "nd" or "rd" or "th");

    private static string Join(IReadOnlyList<string> words) =>
        string.Join(' ', words.Select((word, place) => Expand(word, place, words.Count)));

    private static string Expand(string word, int place, int count)
    {
        if (word == "st" && place == 0 && count > 1)
        {
            return "saint";
        }

        if (LongForms.TryGetValue(word, out var longForm))
        {
            return longForm;
        }

        return word.Length > 5 && word.EndsWith("str", StringComparison.Ordinal) ? word + "asse" : word;
    }
}
