using System.CommandLine;

namespace Patron.CommandLine;

/// <summary><c>patron help [command]</c>: the same as <c>patron [command] --help</c>.</summary>
internal static class HelpCommand
{
    public static Command Build(RootCommand root)
    {
        var words = new Argument<string[]>("command") { Description = "Command to describe.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("help", "Show help for a command.") { words };
        command.SetAction(async (line, cancellationToken) =>
        {
            var named = root.Parse([.. line.GetValue(words) ?? [], "--help"]);
            return named.UnmatchedTokens.Count > 0 ? UsageErrors.Print(named) : await named.InvokeAsync(cancellationToken: cancellationToken);
        });
        return command;
    }
}
