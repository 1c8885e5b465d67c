using System.Text;

namespace Patron.Shared.Text;

/// <summary>Rules for the content of texts that hold for all fields, modules and dialects.</summary>
public static class TextRules
{
    internal const string NoControls = "Remove the control characters.";

    private const string NoBidiControls = "Remove the characters that change the direction of writing or end a line.";

    /// <summary>Whether the text has more than this number of characters. The characters of a far too long text are not counted.</summary>
    public static bool IsLonger(string text, int characters) =>
        text.Length > 2 * characters || (text.Length > characters && Length(text) > characters);

    /// <summary>The length in code points, like PostgreSQL's <c>length()</c>.</summary>
    public static int Length(string text)
    {
        var length = text.Length;
        foreach (var character in text)
        {
            if (char.IsLowSurrogate(character))
            {
                length--;
            }
        }

        return length;
    }

    /// <summary>The trimmed text; null if it is blank or contains only invisible characters.</summary>
    public static string? NullIfBlank(string? text) =>
        text is not null && InvisibleCharacters.Trim(text) is { Length: > 0 } trimmed ? trimmed : null;

    /// <summary>
    /// The error in the text, or null. Line breaks, tabs and bidirectional controls are allowed only in texts of several lines.
    /// </summary>
    public static string? Problem(string text, bool severalLines = false)
    {
        if (InputText.Problem(text) is { } problem)
        {
            return problem;
        }

        foreach (var character in text)
        {
            if (char.IsControl(character) && !(severalLines && character is '\n' or '\r' or '\t'))
            {
                return NoControls;
            }
        }

        return !severalLines && ContainsBidiControls(text) ? NoBidiControls : null;
    }

    private static bool ContainsBidiControls(string text)
    {
        if (Ascii.IsValid(text))
        {
            return false;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (InvisibleCharacters.IsBidiControl(rune) || InvisibleCharacters.IsLineSeparator(rune))
            {
                return true;
            }
        }

        return false;
    }
}
