using System.Globalization;
using System.Text.Json;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.CommandLine.Imports;

/// <summary>Takes a JSON object's members one by one, collects what is wrong with them, and knows which ones nobody asked for.</summary>
internal sealed class JsonFields(JsonElement json)
{
    // ISO 8601, and with a blank for the T as SQL writes it. A time that names no zone is UTC.
    private static readonly string[] TimeForms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFzz"];

    private readonly HashSet<string> asked = new(StringComparer.Ordinal);
    private readonly FieldErrors errors = new();

    /// <summary>What was wrong so far; null when nothing was.</summary>
    public Error? Error => errors.Any ? errors.ToError() : null;

    /// <summary>A text; null where it is absent or null.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => InvisibleCharacters.Mend(GivenText.Clean(text.GetString()!)),
        _ => Wrong<string>(name, "This must be a text."),
    };

    /// <summary>True or false; <paramref name="otherwise"/> where it is absent or null.</summary>
    public bool Flag(string name, bool otherwise) => Find(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => Wrong<bool>(name, "This must be true or false."),
    };

    /// <summary>A time in UTC; null where it is absent or null.</summary>
    public DateTimeOffset? Time(string name) =>
        Text(name) is not { } text ? null
        : DateTimeOffset.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : Wrong<DateTimeOffset?>(name, "This must be a time such as 2024-05-31T12:00:00Z.");

    /// <summary>The members that are there and that nobody has asked for.</summary>
    public IEnumerable<string> Unknown => json.EnumerateObject().Select(member => member.Name).Where(name => !asked.Contains(name));

    private JsonElement? Find(string name)
    {
        asked.Add(name);
        return json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private T? Wrong<T>(string name, string sentence)
    {
        errors.Add(name, sentence);
        return default;
    }
}
