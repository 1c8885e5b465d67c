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
        : $"{setting.Path} is not a setting of Patron; docs/settings.md lists them all.";

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

        if (SettingValues.Form(simple) is not { } form)
        {
            return string.IsNullOrEmpty(setting.Value) ? Problems(setting, simple) : [NotAValue(setting)];
        }

        if (setting.GetChildren().FirstOrDefault() is { } child)
        {
            return [$"{child.Path} is not a setting of Patron: {setting.Path} is {form}, not a section."];
        }

        return SettingValues.Problem(setting.Path, setting.Value ?? "", simple) is { } problem ? [problem] : [];
    }

    /// <summary>The message for a value where a section belongs.</summary>
    public static string NotAValue(IConfigurationSection setting) =>
        $"{setting.Path} is a section with settings of its own, not a value; docs/settings.md lists them all.";
}
