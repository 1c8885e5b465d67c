using Patron.Shared.Text;

namespace Patron.Shared.Database;

/// <summary>
/// Builds SQL conditions on a search text (Database/Migrations/0003_search_folding.sql). Rows that were written before that migration
/// contain the result of <c>shared.fold</c>; if the two foldings can differ, both patterns are searched.
/// </summary>
/// <param name="column">The column with the search text; it has a trigram index.</param>
/// <param name="add">Adds a value to the statement and returns its parameter's name.</param>
public sealed class TextSearch(string column, Func<string, string> add)
{
    private const int TrigramLength = 3;

    // Of a longer query only the longest words are searched.
    private const int MaxWords = 8;

    /// <summary>
    /// Matches all words of the query in any order, or the query as typed. A word of three or more letters matches anywhere, a shorter one
    /// only at the beginning of a word.
    /// </summary>
    public string Anywhere(string query)
    {
        if (SearchText.PhoneDigits(query) is { Length: >= TrigramLength })
        {
            return AnyOf(Patterns(query));
        }

        var words = SearchText.Words(query).Distinct(StringComparer.Ordinal).ToList();
        var all = string.Join(" AND ", words.OrderByDescending(TextRules.Length).Take(MaxWords).Select(WordCondition));
        return AsTyped(query, words) is { Count: > 0 } typed ? $"(({all}) OR {AnyOf(typed)})" : all;
    }

    /// <summary>
    /// Matches the text as it is typed, whatever its case, accents and signs: anywhere, or at the beginning of a word if it is shorter than
    /// three letters. A phone number matches by its digits.
    /// </summary>
    public string Phrase(string text)
    {
        if (IsShort(text))
        {
            return $"{column} LIKE '% ' || shared.search_plain({add(text)}) || '%'";
        }

        // A first name and a last name are lines of their own, and together only in the older folding.
        var words = SearchText.Words(text);
        var gaps = SearchText.PhoneDigits(text) is null ? Math.Min(words.Count, MaxWords) : 0;
        var broken = Enumerable.Range(1, Math.Max(gaps - 1, 0)).Select(
            gap => $"'%' || {Plain(words.Take(gap))} || E'\\n ' || {Plain(words.Skip(gap))} || '%'");
        return AnyOf([.. Patterns(text), .. broken]);
    }

    /// <summary>
    /// Matches the text in one of these lines of the search text, or in line <paramref name="added"/> of the part after the separator. The
    /// index finds the text anywhere; a second condition checks the line.
    /// </summary>
    public string InLines(string text, ReadOnlySpan<int> lines, int added)
    {
        var patterns = Patterns(text);
        var parts = lines.ToArray().Select(line => $@"split_part({column}, E'\n', {line})")
            .Append($@"split_part(split_part({column}, E'\x1f', 2), E'\n', {added})");
        var lineCondition = $@"concat_ws(E'\n', {string.Join(", ", parts)}, '') LIKE ANY (ARRAY[{string.Join(", ", patterns)}])";
        return IsShort(text) ? lineCondition : $"{AnyOf(patterns)} AND {lineCondition}";
    }

    private string Plain(IEnumerable<string> words) => $"shared.search_plain({add(string.Join(' ', words))})";

    private static bool IsShort(string text) => SearchText.Words(text).Sum(TextRules.Length) < TrigramLength;

    private string WordCondition(string word)
    {
        var isShort = IsShort(word);
        if (!isShort && SearchText.PhoneDigits(word) is { Length: >= SearchText.PhoneSuffixLength })
        {
            return AnyOf(Patterns(word));
        }

        var start = isShort ? "'% '" : "'%'";
        return $"{column} LIKE {start} || shared.search_plain({add(word)}) || '%'";
    }

    // Two adjacent short words can be the end of one longer word and the beginning of the next.
    private List<string> AsTyped(string query, List<string> words)
    {
        var start = IsShort(query) ? "'% '" : "'%'";
        var patterns = new List<string>();
        if (words.Count > 1 && words.Exists(IsShort))
        {
            patterns.Add($"{start} || shared.search_plain({add(query)}) || '%'");
        }

        if (!SearchText.IsPlain(query))
        {
            patterns.Add($"{start} || shared.plain({add(query)}) || '%'");
        }

        return patterns;
    }

    private List<string> Patterns(string text)
    {
        var parameter = add(text);
        var patterns = new List<string> { $"'%' || shared.search_plain({parameter}) || '%'" };
        if (!SearchText.IsPlain(text))
        {
            patterns.Add($"'%' || shared.plain({parameter}) || '%'");
        }

        if (SearchText.PhoneDigits(text) is { Length: >= TrigramLength } digits)
        {
            patterns.Add($"'%' || {add(digits)} || '%'");
            if (digits.Length >= SearchText.PhoneSuffixLength)
            {
                patterns.Add($@"'%' || {add(digits[^SearchText.PhoneSuffixLength..])} || E'\n%'");
            }
        }

        return patterns;
    }

    private string AnyOf(IReadOnlyCollection<string> patterns) =>
        "(" + string.Join(" OR ", patterns.Select(pattern => $"{column} LIKE {pattern}")) + ")";
}
