namespace Patron.Shared.Text;

/// <summary>What PostgreSQL and people cannot hold in a text, whatever its meaning; checked once for every module and dialect.</summary>
public static class TextRules
{
    internal const string NoControls = "This text must not hold control characters.";

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

    /// <summary>Blank text is no text.</summary>
    public static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>What is wrong with the text, or null. Line breaks and tabs belong only into texts of several lines.</summary>
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

        return null;
    }
}
