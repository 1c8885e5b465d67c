namespace Patron.Shared.Text;

/// <summary>What PostgreSQL and people cannot hold in a text, checked once for every dialect.</summary>
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
}
