using System.Text;

namespace Patron.Shared.Database.Plans;

/// <summary>Divides the text of a migration into statements, without comments. Quoted texts are kept, with their semicolons.</summary>
internal static class SqlStatements
{
    public static IReadOnlyList<string> Split(string sql)
    {
        var statements = new List<string>();
        var statement = new StringBuilder();
        for (var at = 0; at < sql.Length;)
        {
            var end = EndOfToken(sql, at);
            var token = sql[at..end];
            at = end;
            if (token == ";")
            {
                Add(statements, statement);
            }
            else if (IsComment(token))
            {
                statement.Append(' ');
            }
            else
            {
                statement.Append(char.IsWhiteSpace(token[0]) ? " " : token);
            }
        }

        Add(statements, statement);
        return statements;
    }

    /// <summary>Divides at the commas that are not inside parentheses or quotes.</summary>
    public static IReadOnlyList<string> SplitAtCommas(string list)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var depth = 0;
        for (var at = 0; at < list.Length;)
        {
            var end = EndOfToken(list, at);
            var token = list[at..end];
            at = end;
            depth += token switch { "(" => 1, ")" => -1, _ => 0 };
            if (token == "," && depth == 0)
            {
                Add(parts, part);
            }
            else
            {
                part.Append(token);
            }
        }

        Add(parts, part);
        return parts;
    }

    private static void Add(List<string> texts, StringBuilder text)
    {
        if (text.ToString().Trim() is { Length: > 0 } trimmed)
        {
            texts.Add(trimmed);
        }

        text.Clear();
    }

    private static bool IsComment(string token) =>
        token.StartsWith("--", StringComparison.Ordinal) || token.StartsWith("/*", StringComparison.Ordinal);

    private static int EndOfToken(string sql, int start)
    {
        var rest = sql.AsSpan(start);
        return start + rest[0] switch
        {
            '\'' => LengthOfQuoted(rest, '\'', start > 0 && sql[start - 1] is 'E' or 'e'),
            '"' => LengthOfQuoted(rest, '"', false),
            '$' when DollarTag(rest) is { Length: > 0 } tag => LengthUntil(rest, tag.Length, tag),
            '-' when rest.StartsWith("--") => LengthUntil(rest, 2, "\n"),
            '/' when rest.StartsWith("/*") => LengthUntil(rest, 2, "*/"),
            var first when char.IsWhiteSpace(first) => rest.Length - rest.TrimStart().Length,
            _ => 1,
        };
    }

    private static int LengthOfQuoted(ReadOnlySpan<char> rest, char quote, bool escapes)
    {
        for (var at = 1; at < rest.Length; at++)
        {
            if (escapes && rest[at] == '\\')
            {
                at++;
            }
            else if (rest[at] == quote)
            {
                // A doubled quote is part of the text.
                if (at + 1 == rest.Length || rest[at + 1] != quote)
                {
                    return at + 1;
                }

                at++;
            }
        }

        return rest.Length;
    }

    private static string DollarTag(ReadOnlySpan<char> rest)
    {
        var end = rest[1..].IndexOf('$');
        return end >= 0 && rest.Slice(1, end).IndexOfAnyExcept(NameCharacters) < 0 ? rest[..(end + 2)].ToString() : "";
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    private static int LengthUntil(ReadOnlySpan<char> rest, int from, string end)
    {
        var found = rest[from..].IndexOf(end);
        return found < 0 ? rest.Length : from + found + end.Length;
    }
}
