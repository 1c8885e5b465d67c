namespace Patron.Shared.Text;

/// <summary>What PostgreSQL and people cannot hold in a text, whatever its meaning; checked once for every module and dialect.</summary>
public static class TextRules
{
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
        if (!IsWellFormed(text))
        {
            return "This text is not valid Unicode: it holds half of a surrogate pair.";
        }

        foreach (var character in text)
        {
            if (char.IsControl(character) && !(severalLines && character is '\n' or '\r' or '\t'))
            {
                return "This text must not hold control characters.";
            }
        }

        return null;
    }

    /// <summary>No half of a surrogate pair: such a text has no UTF-8.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsSurrogate(text[index]) && (index + 1 == text.Length || !char.IsSurrogatePair(text[index], text[++index])))
            {
                return false;
            }
        }

        return true;
    }
}
