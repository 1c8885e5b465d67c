using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>Converts tags between the text of source 5 (<c>premium,tech,new-york</c>) and a set.</summary>
public static class CustomerTags
{
    /// <summary>The maximum length of all tags together, with the commas between them (source 5).</summary>
    public const int MaxLength = 500;

    public static string[] Parse(string? text) => text is null ? [] : ToSet([text]);

    /// <summary>The text of a set; null for an empty one.</summary>
    public static string? Format(IReadOnlyList<string> tags) => tags.Count == 0 ? null : string.Join(',', tags);

    /// <summary>
    /// Trims blanks and invisible characters, removes empty and repeated tags, and keeps the order of first mention. A comma always
    /// separates.
    /// </summary>
    internal static string[] ToSet(IReadOnlyList<string> tags) => IsSet(tags) ? tags as string[] ?? [.. tags] :
        [
            .. tags.SelectMany(tag => tag.Split(',')).Select(InvisibleCharacters.Trim).Where(tag => tag.Length > 0)
            .Distinct(StringComparer.Ordinal)];

    // Values from the database are normalized already.
    private static bool IsSet(IReadOnlyList<string> tags)
    {
        var seen = tags.Count > 1 ? new HashSet<string>(tags.Count, StringComparer.Ordinal) : null;
        return tags.All(tag => tag.Length > 0 && !tag.Contains(',', StringComparison.Ordinal)
            && InvisibleCharacters.Trim(tag).Length == tag.Length && seen?.Add(tag) != false);
    }
}
