using System.CommandLine;

namespace Patron.CommandLine;

/// <summary>
/// <c>patron completion</c>: prints a script that lets a shell complete commands and options. The script asks the program itself, by the
/// directive <c>[suggest]</c> of System.CommandLine, so that it is never outdated.
/// </summary>
internal static class CompletionCommand
{
    // With ./patron, COMP_WORDS[0] is the path. Completions are lines, because a word may contain blanks.
    private const string Bash = """
        _patron() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _patron patron ./patron

        """;

    private const string Zsh = """
        #compdef patron
        _patron() {
          local -a words_found
          words_found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          compadd -a words_found
        }
        compdef _patron patron

        """;

    private const string Fish = """
        complete -c patron -f -a '(patron "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'

        """;

    public static Command Build() => new("completion", "Print a script for command completion in your shell.")
    {
        Shell("bash", Bash, "Run: eval \"$(patron completion bash)\""),
        Shell("zsh", Zsh, "Run: eval \"$(patron completion zsh)\""),
        Shell("fish", Fish, "Run: patron completion fish | source"),
    };

    private static Command Shell(string name, string script, string use)
    {
        var command = new Command(name, use);
        command.SetAction(_ => Console.Out.Write(script));
        return command;
    }
}
