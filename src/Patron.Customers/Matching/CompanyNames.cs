using System.Collections.Frozen;

namespace Patron.Customers.Matching;

/// <summary>Reduces folded company names to the words that tell companies apart: without legal form, article and 'and'.</summary>
internal static class CompanyNames
{
    private static readonly FrozenSet<string> Ignored = FrozenSet.ToFrozenSet(
    [
        "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "ek", "ev", "eg", "haftungsbeschraenkt", "co", "cie", "company", "inc",
        "incorporated", "corp", "corporation", "ltd", "limited", "llc", "llp", "lp", "plc", "pty", "pte", "pvt",
        "sa", "sas", "sarl", "sasu", "eurl", "srl", "spa", "snc", "sl", "slu", "bv", "nv", "vof", "oy", "oyj", "ab", "as", "asa", "aps", "kft",
        "zrt", "doo",
        "sro", "spzoo",
        "the", "and", "und", "et", "y", "e", "der", "die", "das",
    ], StringComparer.Ordinal);

    // Of these words alone nobody can tell that a name is a company's.
    private static readonly FrozenSet<string> Common = FrozenSet.ToFrozenSet(
        ["the", "and", "und", "et", "y", "e", "der", "die", "das", "as", "co"], StringComparer.Ordinal);

    /// <summary>The name without the ignored words, and these. The name is unchanged where nothing else would remain.</summary>
    public static (string Name, string LegalForm) Reduce(string folded)
    {
        var words = folded.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToLookup(Ignored.Contains);
        return words[false].Any() ? (string.Join(' ', words[false]), string.Join(' ', words[true])) : (folded, "");
    }

    /// <summary>Whether the folded name has a legal form.</summary>
    public static bool HasLegalForm(string folded) => folded.Split(' ').Any(word => Ignored.Contains(word) && !Common.Contains(word));
}
