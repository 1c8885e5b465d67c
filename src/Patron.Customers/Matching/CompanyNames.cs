using System.Collections.Frozen;

namespace Patron.Customers.Matching;

/// <summary>Reduces folded company names to the words that tell companies apart: without legal form, article and 'and'.</summary>
internal static class CompanyNames
{
    private static readonly FrozenSet<string> Ignored = FrozenSet.ToFrozenSet(
    [
        "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "ek", "ev", "eg", "haftungsbeschraenkt", "co", "cie", "company", "inc",
        "incorporated", "corp", "corporation", "ltd", "limited", "llc", "llp", "lp", "plc", "pty", "pte", "pvt", "sa", "sas", "sarl", "sasu",
        "eurl", "srl", "spa", "snc", "sl", "slu", "bv", "nv", "vof", "oy", "oyj", "ab", "as", "asa", "aps", "kft", "zrt", "doo", "sro", "spzoo",
        "the", "and", "und", "et", "y", "e", "der", "die", "das",
    ], StringComparer.Ordinal);

    /// <summary>The name without the ignored words; unchanged where nothing else would remain.</summary>
    public static string Reduce(string folded)
    {
        var words = folded.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var kept = words.Where(word => !Ignored.Contains(word)).ToList();
        return kept.Count == 0 ? folded : string.Join(' ', kept);
    }

    /// <summary>Whether the folded name has a legal form.</summary>
    public static bool HasLegalForm(string folded) => folded.Split(' ').Any(word => word.Length > 1 && word is not ("the" or "and" or "und" or "et" or "der"
        or "die" or "das" or "as" or "co") && Ignored.Contains(word));
}
