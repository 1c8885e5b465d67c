using System.Globalization;
using System.Text;
using Patron.Shared.Text;

namespace Patron.Shared.Mail;

/// <summary>
/// Makes a name from a person or an ERP safe for a mail: one line, without invisible characters and bidirectional controls, at most 60
/// characters. Otherwise a name could contain a message of its own, to a recipient who never asked for it.
/// </summary>
public static class NameInMail
{
    /// <summary>In code points, including the ellipsis of a shortened name.</summary>
    public const int MaxLength = 60;

    /// <summary>The name of the recipient.</summary>
    public static string Of(string name) => Shorten(OneLine(name));

    /// <summary>The name of another person or organization, in quotes, to show that it is not our text.</summary>
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
            else if (!InvisibleCharacters.IsInvisible(rune) || InvisibleCharacters.IsMeaningful(rune))
            {
                line.Append(rune.ToString());
            }
        }

        return line.ToString().TrimEnd();
    }

    // Cuts between grapheme clusters if possible. A single cluster can be longer than the limit, because it can have any number of marks.
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
