using System.Globalization;
using System.Text.Json;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.CommandLine.Imports;

/// <summary>Reads the members of a JSON object one by one, collects their errors and knows which members have not been read.</summary>
internal sealed class JsonFields(JsonElement json)
{
    // ISO 8601, also with a blank instead of the T as in SQL. A time without a zone is UTC.
    private static readonly string[] TimeFormats = [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFzz"];

    private readonly HashSet<string> read = new(StringComparer.Ordinal);
    private readonly FieldErrors errors = new();

    /// <summary>The errors found so far; null if there are none.</summary>
    public Error? Error => errors.Any ? errors.ToError() : null;

    /// <summary>A text; null if the member is absent or null.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => InvisibleCharacters.Repair(InputText.Clean(text.GetString()!)),
        _ => AddError<string>(name, "This must be a text."),
    };

    /// <summary>True or false; <paramref name="defaultValue"/> if the member is absent or null.</summary>
    public bool Flag(string name, bool defaultValue) => Find(name) switch
    {
        null => defaultValue,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => AddError<bool>(name, "This must be true or false."),
    };

    /// <summary>A time in UTC; null if the member is absent or null.</summary>
    public DateTimeOffset? Time(string name)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (Text(name) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, Utc, out var time)
            ? time
            : AddError<DateTimeOffset?>(name, "This must be a time such as 2024-05-31T12:00:00Z.");
    }

    /// <summary>The members that have not been read.</summary>
    public IEnumerable<string> Unknown => json.EnumerateObject().Select(member => member.Name).Where(name => !read.Contains(name));

    private JsonElement? Find(string name)
    {
        read.Add(name);
        return json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private T? AddError<T>(string name, string message)
    {
        errors.Add(name, message);
        return default;
    }
}
