using System.ComponentModel;
using System.Globalization;
using Patron.Shared.Text;

namespace Patron.Hosting;

/// <summary>
/// Checks texts of settings and of the command line's options before they are converted, because the converters' messages name .NET types.
/// </summary>
internal static class SettingValues
{
    /// <summary>A description of the type's values, for messages; null for a nested section.</summary>
    public static string? Form(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Names(type))}",
        _ when type == typeof(string) => "a text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(TimeSpan) => "a time span such as 00:05:00 (five minutes) or 7.00:00:00 (seven days)",
        _ when type == typeof(Guid) => "a UUID such as 0198c0de-0000-7000-8000-000000000001",
        _ => null,
    };

    /// <summary>What is wrong with the text, as a sentence; null if it can be read as the type, or is empty: not set.</summary>
    public static string? Problem(string name, string value, Type type)
    {
        var simple = Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;
        if (value.Length == 0 || CanRead(value, simple))
        {
            return null;
        }

        var sentence = $"{name} must be {Form(simple)}, not '{value}'.";
        return simple.IsEnum && SimilarNames.Find(value, Names(simple)) is { } meant ? $"{sentence} Did you mean {meant}?" : sentence;
    }

    private static bool CanRead(string value, Type type)
    {
        // The converter would accept any number for an enum, even one without a name.
        if (type.IsEnum)
        {
            return Names(type).Contains(value, StringComparer.OrdinalIgnoreCase);
        }

        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromString(null, CultureInfo.InvariantCulture, value) is not null;
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Names(Type type) => Enum.GetNames(type).Select(name => name.ToLowerInvariant());
}
