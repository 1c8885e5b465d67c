using System.Text;

namespace Patron.Shared.Text;

/// <summary>What PostgreSQL and people cannot hold in a text, whatever its meaning; checked once for every module and dialect.</summary>
public static class TextRules
{
    internal const string NoControls = "This text must not hold control characters.";

    private const string NoTurning = "This text must not hold characters that turn the direction of writing or end a line.";

    /// <summary>Whether it has more than so many characters. A text that is far too long is not counted.</summary>
    public static bool IsLonger(string text, int characters) => text.Length > 2 * characters || (text.Length > characters && Length(text) > characters);

    /// <summary>Length in code points, as a person counts and as PostgreSQL's <c>length()</c> does.</summary>
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

    /// <summary>Blank text is no text, nor is one that nobody sees.</summary>
    public static string? NullIfBlank(string? text) => text is not null && InvisibleCharacters.Trim(text) is { Length: > 0 } trimmed ? trimmed : null;

    /// <summary>What is wrong with the text, or null. Line breaks and tabs, and what turns the direction of writing, belong only into texts of several lines.</summary>
    public static string? Problem(string text, bool severalLines = false)
    {
        if (GivenText.Problem(text) is { } problem)
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

        return !severalLines && HoldsTurning(text) ? NoTurning : null;
    }

    private static bool HoldsTurning(string text)
    {
        if (Ascii.IsValid(text))
        {
            return false;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (InvisibleCharacters.TurnsDirection(rune) || InvisibleCharacters.EndsLine(rune))
            {
                return true;
            }
        }

        return false;
    }
}
