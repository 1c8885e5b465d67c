namespace Patron.Dialects.Customers;

/// <summary>Whether customers have one of the tags (<c>any</c>) or all of them (<c>all</c>), as a query parameter.</summary>
public readonly record struct TagMatch(bool All)
{
    public static bool TryParse(string text, out TagMatch match)
    {
        match = new TagMatch(text == "all");
        return text is "any" or "all";
    }
}
