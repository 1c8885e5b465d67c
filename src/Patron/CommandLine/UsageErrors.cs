using System.CommandLine;
using System.CommandLine.Parsing;
using Patron.Hosting;
using Patron.Shared.Text;

namespace Patron.CommandLine;

/// <summary>Prints what is wrong with a command line: one sentence per mistake, and where to find help. The whole help would hide them.</summary>
internal static class UsageErrors
{
    /// <summary>The exit status of a command line that cannot be understood.</summary>
    public const int Status = 2;

    // How the library's message about a wrong value begins. It names a .NET type and is replaced.
    private const string CannotConvert = "Cannot parse argument";

    public static int Print(ParseResult line)
    {
        foreach (var sentence in Sentences(line).Distinct(StringComparer.Ordinal))
        {
            Console.Error.WriteLine(sentence);
        }

        Console.Error.WriteLine($"Run '{PathOf(line.CommandResult)} --help' to see how it's used.");
        return Status;
    }

    internal static IEnumerable<string> Sentences(ParseResult line)
    {
        // The words after an unknown one are its arguments, or its value.
        if ((FindMistypedOption(line.CommandResult) ?? line.UnmatchedTokens.ElementAtOrDefault(0)) is { } unknown)
        {
            return [Unknown(line.CommandResult, unknown)];
        }

        return line.Errors.Select(error => (error.Message.StartsWith(CannotConvert, StringComparison.Ordinal), error.SymbolResult) switch
        {
            (true, OptionResult option) => WrongValue(option.Option.Name, option.Option.ValueType, option.Tokens),
            (true, ArgumentResult argument) => WrongValue(NameOf(argument), argument.Argument.ValueType, argument.Tokens),
            (_, ArgumentResult { Tokens.Count: 0, Parent: CommandResult command } argument) => $"{PathOf(command)} needs {NameOf(argument)}.",
            (_, OptionResult { Tokens.Count: 0 } option) => $"{option.Option.Name} needs a value.",
            (_, CommandResult { Command.Subcommands.Count: > 0 } command) =>
                $"{PathOf(command)} needs a command: {string.Join(", ", command.Command.Subcommands.Select(one => one.Name))}.",
            _ => error.Message,
        });
    }

    private static string Unknown(CommandResult result, string word)
    {
        var (path, command) = (PathOf(result), result.Command);
        if (word.StartsWith('-'))
        {
            return DidYouMean($"{path} has no option {word}", word, command.Options.Select(option => option.Name));
        }

        return command.Subcommands.Count == 0
            ? $"{path} doesn't take the word '{word}'."
            : DidYouMean($"{path} has no command '{word}'", word, command.Subcommands.Select(one => one.Name));
    }

    /// <summary>Refuses words such as --unknown as arguments of the command and those below it: they are mistyped options.</summary>
    public static void RefuseOptionsAsArguments(Command command)
    {
        command.Validators.Add(result =>
        {
            if (FindMistypedOption(result) is { } word)
            {
                result.AddError(Unknown(result, word));
            }
        });
        foreach (var nested in command.Subcommands)
        {
            RefuseOptionsAsArguments(nested);
        }
    }

    // A single hyphen is standard input.
    private static string? FindMistypedOption(CommandResult command) => command.Children.OfType<ArgumentResult>()
        .SelectMany(argument => argument.Tokens).Select(token => token.Value).FirstOrDefault(word => word.Length > 1 && word[0] == '-');

    private static string DidYouMean(string sentence, string word, IEnumerable<string> known) =>
        SimilarNames.Find(word, known) is { } meant ? $"{sentence}; did you mean {meant}?" : $"{sentence}.";

    // Never null, because the library could not convert one of the values.
    private static string WrongValue(string name, Type type, IReadOnlyList<Token> values) =>
        values.Select(value => SettingValues.Problem(name, value.Value, type)).First(problem => problem is not null)!;

    private static string NameOf(ArgumentResult result) => result.Argument.Name.ToUpperInvariant();

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "patron";
}
