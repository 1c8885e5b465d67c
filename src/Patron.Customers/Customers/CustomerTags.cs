namespace Patron.Customers.Customers;

/// <summary>Tags as the text of source 5 (<c>premium,tech,new-york</c>) and as the set they are.</summary>
public static class CustomerTags
{
    /// <summary>Longest text of all tags together, with the commas between them (source 5).</summary>
    public const int MaxLength = 500;

    /// <summary>The set a text names.</summary>
    public static string[] Parse(string? text) => text is null ? [] : ToSet([text]);

    /// <summary>The text of a set; null where it is empty.</summary>
    public static string? Format(IReadOnlyList<string> tags) => tags.Count == 0 ? null : string.Join(',', tags);

    /// <summary>Trimmed, none empty, none twice, in the order of first mention. A comma always separates.</summary>
    internal static string[] ToSet(IReadOnlyList<string> tags) => IsSet(tags) ? tags as string[] ?? [.. tags] :
        [.. tags.SelectMany(tag => tag.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)];

    // What comes from the database is one already.
    private static bool IsSet(IReadOnlyList<string> tags)
    {
        var known = tags.Count > 1 ? new HashSet<string>(tags.Count, StringComparer.Ordinal) : null;
        return tags.All(tag => tag.Length > 0 && !tag.Contains(',', StringComparison.Ordinal)
            && !char.IsWhiteSpace(tag[0]) && !char.IsWhiteSpace(tag[^1]) && known?.Add(tag) != false);
    }
}
