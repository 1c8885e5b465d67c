using System.Globalization;
using System.Text;
using Patron.Shared.Text;

namespace Patron.Shared.Mail;

/// <summary>
/// A name that somebody typed or an ERP brought, as it may stand in a mail: on one line, without characters that are invisible or turn the
/// direction of writing, and no longer than 60 characters. Else a name could be a message of its own to somebody who never asked for one.
/// </summary>
public static class NameInMail
{
    /// <summary>In code points, the ellipsis of a shortened name included.</summary>
    public const int MaxLength = 60;

    /// <summary>The name of somebody who gets the mail.</summary>
    public static string Of(string name) => Shorten(OneLine(name));

    /// <summary>The name of whoever the mail speaks of, in quotes: what it says is theirs, not ours.</summary>
    public static string Quoted(string name) => $"\"{Of(name).Replace('"', '\'')}\"";

    private static string OneLine(string name)
    {
        var line = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                line.Append(line.Length == 0 || line[^1] == ' ' ? "" : " ");
            }
            else if (!InvisibleCharacters.IsInvisible(rune) || InvisibleCharacters.HasMeaningInside(rune))
            {
                line.Append(rune.ToString());
            }
        }

        return line.ToString().TrimEnd();
    }

    // Between what people see as characters, as far as that can be: one letter may carry any number of marks.
    private static string Shorten(string name)
    {
        var length = 0;
        var cut = 0;
        for (var at = 0; at < name.Length;)
        {
            var next = at + StringInfo.GetNextTextElementLength(name, at);
            length += TextRules.Length(name[at..next]);
            if (length > MaxLength)
            {
                return $"{(cut == 0 ? string.Concat(name.EnumerateRunes().Take(MaxLength - 1)) : name[..cut].TrimEnd())}…";
            }

            at = next;
            cut = length < MaxLength ? at : cut;
        }

        return name;
    }
}
