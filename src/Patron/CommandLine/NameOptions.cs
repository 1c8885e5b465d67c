using System.CommandLine;
using System.CommandLine.Parsing;
using Patron.Shared.Text;

namespace Patron.CommandLine;

/// <summary>Options and arguments whose values are snake_case names of an enumeration, as JSON writes them.</summary>
internal static class NameOptions
{
    /// <summary>An option with these names; null if it is not given.</summary>
    public static Option<T?> Create<T>(string name, string description)
        where T : struct, Enum
    {
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = string.Join('|', EnumNames<T>.All),
            CustomParser = result => Read<T>(name, result),
        };
        option.CompletionSources.Add([.. EnumNames<T>.All]);
        return option;
    }

    private static T? Read<T>(string name, ArgumentResult result)
        where T : struct, Enum
    {
        var text = result.Tokens[0].Value;
        if (EnumNames<T>.TryRead(text, out var value))
        {
            return value;
        }

        result.AddError(Problem<T>(name, text));
        return null;
    }

    /// <summary>The sentence for another text.</summary>
    public static string Problem<T>(string name, string text)
        where T : struct, Enum
    {
        var sentence = $"{name} must be one of {string.Join(", ", EnumNames<T>.All)}, not '{text}'.";
        return SimilarNames.Find(text, EnumNames<T>.All) is { } meant ? $"{sentence} Did you mean {meant}?" : sentence;
    }
}
