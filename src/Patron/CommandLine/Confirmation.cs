using System.CommandLine;

namespace Patron.CommandLine;

/// <summary>The option <c>--yes</c>, and the question that it answers: whether to do something to many people.</summary>
internal static class Confirmation
{
    public static Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Don't ask for confirmation." };

    /// <summary>
    /// Asks on a terminal. Without one, nobody can answer: false, with a sentence that names the option.
    /// </summary>
    public static bool IsGiven(ParseResult line, string question)
    {
        if (line.GetValue(Yes))
        {
            return true;
        }

        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine($"{question} Nothing was done. Add --yes to confirm.");
            return false;
        }

        Console.Error.Write($"{question} [y/N] ");
        if (Console.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes")
        {
            return true;
        }

        Console.Error.WriteLine("Nothing was done.");
        return false;
    }
}
