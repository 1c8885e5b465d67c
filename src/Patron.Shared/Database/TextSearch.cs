using Patron.Shared.Text;

namespace Patron.Shared.Database;

/// <summary>
/// Conditions on a search text (Database/Migrations/0003_search_folding.sql), as SQL. Rows that were written before that folding hold only what
/// <c>shared.fold</c> made of them; where it may differ, a pattern of each is looked for.
/// </summary>
/// <param name="column">The search text's name; it has an index of trigrams.</param>
/// <param name="add">Adds a value to the statement and answers its parameter's name.</param>
public sealed class TextSearch(string column, Func<string, string> add)
{
    // An index of trigrams needs three letters.
    private const int TrigramLength = 3;

    // Of more words the longest say enough.
    private const int MostWords = 8;

    /// <summary>
    /// Every word of the query, in any order: one of three letters or more anywhere, a shorter one where a word begins. Or the query as it is typed.
    /// </summary>
    public string Anywhere(string query)
    {
        if (SearchText.PhoneDigits(query) is { Length: >= TrigramLength })
        {
            return AnyOf(Patterns(query));
        }

        var words = SearchText.Words(query).Distinct(StringComparer.Ordinal).ToList();
        var all = string.Join(" AND ", words.OrderByDescending(TextRules.Length).Take(MostWords).Select(Word));
        return AsTyped(query, words) is { Count: > 0 } typed ? $"(({all}) OR {AnyOf(typed)})" : all;
    }

    /// <summary>The text in one of these lines: of the search text, or of what was added to it. The index finds it anywhere; the line decides.</summary>
    public string InLines(string text, ReadOnlySpan<int> lines, int added)
    {
        var patterns = Patterns(text);
        var parts = lines.ToArray().Select(line => $@"split_part({column}, E'\n', {line})")
            .Append($@"split_part(split_part({column}, E'\x1f', 2), E'\n', {added})");
        var decides = $@"concat_ws(E'\n', {string.Join(", ", parts)}, '') LIKE ANY (ARRAY[{string.Join(", ", patterns)}])";
        return IsShort(text) ? decides : $"{AnyOf(patterns)} AND {decides}";
    }

    private static bool IsShort(string text) => SearchText.Words(text).Sum(TextRules.Length) < TrigramLength;

    private string Word(string word) =>
        IsShort(word) ? $"{column} LIKE '% ' || shared.search_plain({add(word)}) || '%'"
        : SearchText.PhoneDigits(word) is { Length: >= SearchText.PhoneEnd } ? AnyOf(Patterns(word))
        : $"{column} LIKE '%' || shared.search_plain({add(word)}) || '%'";

    // Short words that follow one another may be the end and the beginning of longer ones.
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
        var given = add(text);
        var patterns = new List<string> { $"'%' || shared.search_plain({given}) || '%'" };
        if (!SearchText.IsPlain(text))
        {
            patterns.Add($"'%' || shared.plain({given}) || '%'");
        }

        if (SearchText.PhoneDigits(text) is { Length: >= TrigramLength } digits)
        {
            patterns.Add($"'%' || {add(digits)} || '%'");
            if (digits.Length >= SearchText.PhoneEnd)
            {
                patterns.Add($@"'%' || {add(digits[^SearchText.PhoneEnd..])} || E'\n%'");
            }
        }

        return patterns;
    }

    private string AnyOf(IReadOnlyCollection<string> patterns) =>
        "(" + string.Join(" OR ", patterns.Select(pattern => $"{column} LIKE {pattern}")) + ")";
}
