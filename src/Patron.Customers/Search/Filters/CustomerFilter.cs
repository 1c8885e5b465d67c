using System.Text;

namespace Patron.Customers.Search.Filters;

/// <summary>
/// A part of a filter: words or a phrase (<see cref="Term"/> is null), or a term with values of which one must hold. The place is that in
/// the text which was parsed.
/// </summary>
public sealed record FilterPart(FilterTerm? Term, bool IsNegated, IReadOnlyList<string> Values, int Start, int Length)
{
    /// <summary>Whether words must follow one another as they are written.</summary>
    public bool IsPhrase { get; init; }

    /// <summary>The part as it was written.</summary>
    public string Source { get; init; } = "";

    /// <summary>The part in its canonical form.</summary>
    public string Text
    {
        get
        {
            var isWords = Term is null && !IsPhrase;
            var values = isWords ? Values[0] : string.Join(',', Values.Select(value => FilterText.Quote(value, IsPhrase)));
            return (IsNegated ? "-" : "") + (Term is null ? values : $"{Term.Name}:{values}");
        }
    }
}

/// <summary>What is wrong with a filter: where, in UTF-16 code units, a sentence, and the name that was probably meant.</summary>
public sealed record FilterError(int Position, int Length, string Message, string? Suggestion = null);

/// <summary>
/// A filter of customers as it was parsed (<see cref="FilterTerms.Parse"/>). All parts must hold; parts with errors are left out.
/// </summary>
public sealed record CustomerFilter(IReadOnlyList<FilterPart> Parts, IReadOnlyList<FilterError> Errors)
{
    /// <summary>The maximum number of characters of a text.</summary>
    public const int MaxLength = 1000;

    /// <summary>The maximum number of parts.</summary>
    public const int MaxParts = 30;

    public static CustomerFilter Empty { get; } = new([], []);

    /// <summary>The filter in its canonical form.</summary>
    public string Text => string.Join(' ', Parts.Select(part => part.Text));

    /// <summary>The text of the filter without this part.</summary>
    public string Without(FilterPart part) => string.Join(' ', Parts.Where(other => other != part).Select(other => other.Text));

    /// <summary>The text of the parts that do not name a person; null where there is none.</summary>
    internal string? WithoutPersons()
    {
        var parts = Parts.Where(part => part.Term?.Subject == FilterSubject.Record).Select(part => part.Text).ToList();
        return parts.Count == 0 ? null : string.Join(' ', parts);
    }

    /// <summary>The text of two filters that both must hold; null where there is none.</summary>
    internal static string? Join(string? first, string? second) =>
        first is null || second is null ? first ?? second : $"{CloseQuote(first)} {second}";

    // A text may end inside a quotation.
    private static string CloseQuote(string text)
    {
        var parts = FilterScanner.Scan(text);
        return parts is [.., { IsClosed: false }] ? text + '"' : text;
    }
}

/// <summary>Writes values of filters.</summary>
internal static class FilterText
{
    /// <summary>The value, in quotes if it could not be read otherwise.</summary>
    public static string Quote(string value, bool always = false)
    {
        if (!always && value.Length > 0 && value[0] != '"'
            && !value.Contains(',', StringComparison.Ordinal) && !value.Any(char.IsWhiteSpace))
        {
            return value;
        }

        var quoted = new StringBuilder("\"");
        foreach (var character in value)
        {
            quoted.Append(character is '"' or '\\' ? "\\" : "").Append(character);
        }

        return quoted.Append('"').ToString();
    }
}
