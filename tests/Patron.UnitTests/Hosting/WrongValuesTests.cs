using System.CommandLine;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Patron.CommandLine;
using Patron.Hosting;
using Patron.Shared;

namespace Patron.UnitTests.Hosting;

/// <summary>Every setting and every option with a wrong value: the message is a sentence and names no .NET type.</summary>
public sealed class WrongValuesTests
{
    private static readonly string[] Traces = ["System.", "Patron.", "Exception", "BinderOptions", "   at "];

    public static TheoryData<string> SettingPaths() =>
        [.. SettingsReader.Sections.SelectMany(section => Paths(section.Name, section.Options)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> CommandLines() => [.. Commands(PatronCommand.Build(), "").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(SettingPaths))]
    public void Setting_of_a_wrong_type_is_refused_with_a_sentence(string path)
    {
        foreach (var (name, value) in new[] { (path, "wrong value"), ($"{path}:Child", "x"), (path + "x", "x") })
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();

            // Some settings are texts that can have any value; then nothing is refused.
            if (Record.Exception(() => SettingsReader.Read(configuration, ProcessRole.All, "data")) is { } refused)
            {
                Assert.IsType<CannotStartException>(refused);
                ShouldBeSentences(refused.Message);
            }
        }
    }

    [Fact]
    public void Setting_that_is_no_number_is_refused_with_its_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Mail:Port", "smtp")]).Build();
        var refused = Assert.Throws<CannotStartException>(() => SettingsReader.Read(configuration, ProcessRole.All, "data"));
        Assert.Equal("Mail:Port must be a whole number, not 'smtp'.", refused.Message);
    }

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void Wrong_option_or_argument_is_refused_with_sentences(string line)
    {
        var parsed = PatronCommand.Build().Parse(line);

        Assert.NotEmpty(parsed.Errors);
        ShouldBeSentences(string.Join('\n', UsageErrors.Sentences(parsed)));
    }

    private static void ShouldBeSentences(string message)
    {
        Assert.All(Traces, trace => Assert.DoesNotContain(trace, message, StringComparison.Ordinal));
        Assert.All(message.Split('\n', StringSplitOptions.RemoveEmptyEntries), sentence => Assert.Matches(@"^\s*(\p{Lu}|--|patron |\d+ settings).*\S", sentence));
    }

    private static IEnumerable<string> Paths(string path, Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite).SelectMany(property =>
        {
            var own = $"{path}:{property.Name}";
            var simple = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            return SettingValues.Form(simple.GetElementType() ?? simple) is null ? Paths(own, simple).Prepend(own) : [own];
        });

    // Each command with an unknown option, and with a wrong value for each option and argument that is not a text.
    private static IEnumerable<string> Commands(Command command, string path)
    {
        var line = command is RootCommand ? "" : $"{path} {command.Name}".Trim();
        yield return $"{line} --unknown-option";
        foreach (var option in command.Options.Where(option => IsTyped(option.ValueType)))
        {
            yield return $"{line} {option.Name} wrong-value";
        }

        if (command.Arguments.Any(argument => IsTyped(argument.ValueType)))
        {
            yield return $"{line} wrong-value";
        }

        foreach (var nested in command.Subcommands.SelectMany(nested => Commands(nested, line)))
        {
            yield return nested;
        }
    }

    private static bool IsTyped(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type) is var simple
        && (simple.IsEnum || simple == typeof(int) || simple == typeof(long));
}
