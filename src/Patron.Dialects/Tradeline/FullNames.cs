namespace Patron.Dialects.Tradeline;

/// <summary>
/// A person's name in one field, as source 1 has it: what the core says about its parts goes back under the names used here.
/// </summary>
internal static class FullNames
{
    public static readonly IReadOnlyDictionary<string, string> FieldNames = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["first_name"] = "full_name",
        ["last_name"] = "full_name",
        ["phone_number"] = "phone",
    };
}
