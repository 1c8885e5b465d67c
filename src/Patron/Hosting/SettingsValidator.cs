using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Patron.Shared.Text;

namespace Patron.Hosting;

/// <summary>
/// Finds unknown settings and invalid values before they are bound, because the messages of the configuration binder name .NET types.
/// </summary>
internal static class SettingsValidator
{
    /// <summary>One sentence for each unknown or malformed setting of a section.</summary>
    public static IEnumerable<string> Problems(IConfigurationSection section, Type options)
    {
        var properties = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToArray();
        foreach (var setting in section.GetChildren())
        {
            var property = Array.Find(properties, property => property.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
            var problems = property is null
                ? [Unknown(setting, properties.Select(known => known.Name))]
                : ValueProblems(setting, property.PropertyType);
            foreach (var problem in problems)
            {
                yield return problem;
            }
        }
    }

    /// <summary>The message for an unknown name, with the similar known name that was probably meant.</summary>
    public static string Unknown(IConfigurationSection setting, IEnumerable<string> names) =>
        SimilarNames.Find(setting.Key, names) is { } meant
        ? $"{setting.Path} is not a setting of Patron; did you mean {setting.Path[..^setting.Key.Length]}{meant}?"
        : $"{setting.Path} is not a setting of Patron; docs/operations.md lists them all.";

    /// <summary>One sentence for each error in the value of a setting.</summary>
    public static IEnumerable<string> ValueProblems(IConfigurationSection setting, Type type)
    {
        var simple = Nullable.GetUnderlyingType(type) ?? type;
        if (simple.IsArray)
        {
            return string.IsNullOrEmpty(setting.Value)
                ? setting.GetChildren().SelectMany(child => ValueProblems(child, simple.GetElementType()!))
                : [$"{setting.Path} is a list: set {setting.Path}:0, and so on."];
        }

        if (Form(simple) is not { } form)
        {
            return string.IsNullOrEmpty(setting.Value) ? Problems(setting, simple) : [NotAValue(setting)];
        }

        if (setting.GetChildren().FirstOrDefault() is { } child)
        {
            return [$"{child.Path} is not a setting of Patron: {setting.Path} is {form}, not a section."];
        }

        return string.IsNullOrEmpty(setting.Value) || CanRead(setting.Value, simple)
            ? []
            : [$"{setting.Path} must be {form}, not '{setting.Value}'."];
    }

    /// <summary>The message for a value where a section belongs.</summary>
    public static string NotAValue(IConfigurationSection setting) =>
        $"{setting.Path} is a section with settings of its own, not a value; docs/operations.md lists them all.";

    /// <summary>A description of the type's values, for messages; null for a nested section.</summary>
    private static string? Form(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}",
        _ when type == typeof(string) => "a text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) => "a whole number",
        _ when type == typeof(TimeSpan) => "a time span such as 00:05:00 (five minutes) or 7.00:00:00 (seven days)",
        _ when type == typeof(Guid) => "a UUID such as 0198c0de-0000-7000-8000-000000000001",
        _ => null,
    };

    private static bool CanRead(string value, Type type)
    {
        // The converter would accept any number for an enum, even one without a name.
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
