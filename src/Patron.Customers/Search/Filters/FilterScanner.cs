using System.Text;
using Patron.Shared.Text;

namespace Patron.Customers.Search.Filters;

/// <summary>A value of a token, and its place.</summary>
internal sealed record FilterItem(string Text, int Start, int End);

/// <summary>A token of a filter: a word, a phrase, or a term with its values.</summary>
internal sealed record FilterToken(string? Name, bool IsNegated, IReadOnlyList<FilterItem> Items, int Start, int End)
{
    public bool IsPhrase { get; init; }

    /// <summary>Whether the last quotation in it has ended.</summary>
    public bool IsClosed { get; init; } = true;

    /// <summary>Where the name begins.</summary>
    public int NameStart => Start + (IsNegated ? 1 : 0);
}

/// <summary>
/// Divides a filter into tokens: blanks separate them, commas separate values, and a quotation keeps both. In a quotation a backslash
/// stands before a quotation mark or another backslash. A quotation that does not end goes on to the end of the text.
/// </summary>
internal sealed class FilterScanner
{
    private readonly string text;
    private int position;
    private bool isClosed = true;

    private FilterScanner(string text) => this.text = text;

    public static IReadOnlyList<FilterToken> Scan(string text)
    {
        var scanner = new FilterScanner(text);
        var tokens = new List<FilterToken>();
        while (scanner.SkipBlanks())
        {
            tokens.Add(scanner.ReadToken());
        }

        return tokens;
    }

    private char Current => position < text.Length ? text[position] : ' ';

    private bool SkipBlanks()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        return position < text.Length;
    }

    private FilterToken ReadToken()
    {
        var start = position;
        var isNegated = Current == '-' && position + 1 < text.Length && !char.IsWhiteSpace(text[position + 1]);
        position += isNegated ? 1 : 0;
        if (Current == '"')
        {
            var phrase = ReadQuoted();
            return new FilterToken(null, isNegated, [phrase], start, position) { IsPhrase = true, IsClosed = isClosed };
        }

        if (ReadName() is { } name)
        {
            return new FilterToken(name, isNegated, ReadValues(), start, position) { IsClosed = isClosed };
        }

        return new FilterToken(null, isNegated, [ReadUntil(char.IsWhiteSpace)], start, position);
    }

    // A name and its colon; null, and nothing is read, for any other text, such as a time of day or a web address.
    private string? ReadName()
    {
        var end = position;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '_'))
        {
            end++;
        }

        if (end == position || end == text.Length || text[end] != ':' || text.AsSpan(end).StartsWith("://", StringComparison.Ordinal))
        {
            return null;
        }

        var name = text[position..end];
        position = end + 1;
        return name;
    }

    private List<FilterItem> ReadValues()
    {
        var items = new List<FilterItem>();
        while (true)
        {
            var item = Current == '"' ? ReadQuoted() : ReadUntil(character => character == ',' || char.IsWhiteSpace(character));
            if (InvisibleCharacters.Trim(item.Text) is { Length: > 0 } value)
            {
                items.Add(item with { Text = value });
            }

            if (Current != ',')
            {
                return items;
            }

            position++;
        }
    }

    private FilterItem ReadUntil(Func<char, bool> isEnd)
    {
        var start = position;
        while (position < text.Length && !isEnd(text[position]))
        {
            position++;
        }

        return new FilterItem(text[start..position], start, position);
    }

    private FilterItem ReadQuoted()
    {
        var start = position++;
        var value = new StringBuilder();
        while (position < text.Length && text[position] != '"')
        {
            position += text[position] == '\\' && position + 1 < text.Length && text[position + 1] is '"' or '\\' ? 1 : 0;
            value.Append(text[position++]);
        }

        isClosed = position < text.Length;
        position += isClosed ? 1 : 0;
        return new FilterItem(value.ToString(), start, position);
    }
}
