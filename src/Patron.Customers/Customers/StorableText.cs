namespace Patron.Customers.Customers;

/// <summary>What no text field may hold, whatever its meaning.</summary>
internal static class StorableText
{
    /// <summary>What is wrong with the text, or null. Line breaks and tabs belong only into texts of several lines.</summary>
    public static string? Problem(string text, bool severalLines)
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
