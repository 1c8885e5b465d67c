using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>Finds all parameters of a refused request that are of the wrong type, because the framework stops at the first one.</summary>
internal static partial class RequestParameters
{
    /// <summary>The wrong parameters of the path and the query; null if there are none.</summary>
    public static Error? FindMistakes(HttpContext http, Endpoint? endpoint, string reason)
    {
        var errors = new FieldErrors();
        foreach (var parameter in endpoint?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().SelectMany(Values) ?? [])
        {
            var text = http.Request.RouteValues.GetValueOrDefault(parameter.Name) as string ?? http.Request.Query[parameter.Name].ToString();
            if (text.Length > 0 && !IsValid(text, parameter.Type))
            {
                errors.Add(parameter.Name, $"Must be {ValueTypes.Of(parameter.Type)}.");
            }
        }

        // A parameter of another type, such as an enumeration.
        if (!errors.Any && FirstWrong().Match(reason) is { Success: true } first)
        {
            errors.Add(JsonNamingPolicy.SnakeCaseLower.ConvertName(first.Groups["name"].Value), "This value isn't allowed here.");
        }

        return errors.Any ? errors.ToError() : null;
    }

    // A record of several parameters has one entry for itself.
    private static IEnumerable<(string Name, Type Type)> Values(IParameterBindingMetadata parameter) =>
        parameter.ParameterInfo.GetCustomAttribute<AsParametersAttribute>() is null
            ? [(NameOf(parameter.ParameterInfo), parameter.ParameterInfo.ParameterType)]
            : parameter.ParameterInfo.ParameterType.GetConstructors()[0].GetParameters().Select(part => (NameOf(part), part.ParameterType));

    private static string NameOf(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!);

    private static bool IsValid(string text, Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            _ when value == typeof(bool) => bool.TryParse(text, out _),
            _ when value == typeof(int) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
            _ when value == typeof(long) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
            _ when value == typeof(Guid) => Guid.TryParse(text, out _),
            _ when value == typeof(DateOnly) => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out _),
            _ when value == typeof(DateTimeOffset) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
            _ => true,
        };
    }

    // Minimal APIs name the invalid parameter only in the message: Failed to bind parameter "int limit" from "x".
    [GeneratedRegex("""^Failed to bind parameter "\S+ (?<name>\w+)" from """, RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FirstWrong();
}
