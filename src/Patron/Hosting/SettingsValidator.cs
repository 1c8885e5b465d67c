using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Patron.Shared.Text;

namespace Patron.Hosting;

/// <summary>
/// Finds given settings that nobody reads and values that cannot be read, before they are bound: the binder's own messages name types of .NET.
/// </summary>
internal static class SettingsValidator
{
    /// <summary>One sentence for each setting of a section that the options do not have, or that has the wrong form.</summary>
    public static IEnumerable<string> Problems(IConfigurationSection section, Type options)
    {
        var properties = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToArray();
        foreach (var given in section.GetChildren())
        {
            var property = Array.Find(properties, property => property.Name.Equals(given.Key, StringComparison.OrdinalIgnoreCase));
            var problems = property is null
                ? [Unknown(given, properties.Select(known => known.Name))]
                : ValueProblems(given, property.PropertyType);
            foreach (var problem in problems)
            {
                yield return problem;
            }
        }
    }

    /// <summary>The sentence for a name that nobody reads, with the known one beside it that was probably meant.</summary>
    public static string Unknown(IConfigurationSection given, IEnumerable<string> known) => SimilarNames.Find(given.Key, known) is { } meant
        ? $"{given.Path} is not a setting of Patron; did you mean {given.Path[..^given.Key.Length]}{meant}?"
        : $"{given.Path} is not a setting of Patron; docs/operations.md lists them all.";

    private static IEnumerable<string> ValueProblems(IConfigurationSection given, Type type)
    {
        var simple = Nullable.GetUnderlyingType(type) ?? type;
        if (simple == typeof(string) || simple.IsArray)
        {
            return [];
        }

        if (Form(simple) is not { } form)
        {
            return Problems(given, simple);
        }

        return string.IsNullOrEmpty(given.Value) || CanRead(given.Value, simple) ? [] : [$"{given.Path} must be {form}, not '{given.Value}'."];
    }

    /// <summary>What a value of the type looks like; null for a section of its own.</summary>
    private static string? Form(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) => "a whole number",
        _ when type == typeof(TimeSpan) => "a time span such as 00:05:00 (five minutes) or 7.00:00:00 (seven days)",
        _ when type == typeof(Guid) => "a UUID such as 0198c0de-0000-7000-8000-000000000001",
        _ => null,
    };

    private static bool CanRead(string value, Type type)
    {
        // Any number would be read as an enumeration's value, whether it stands for something or not.
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase);
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
}
