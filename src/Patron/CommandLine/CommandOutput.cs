using System.Globalization;
using Patron.Shared.Results;

namespace Patron.CommandLine;

/// <summary>Formats and prints the output of commands.</summary>
internal static class CommandOutput
{
    private static readonly NumberFormatInfo SpaceSeparated = new() { NumberGroupSeparator = " " };

    /// <summary>Formats a number: <c>1 180</c>.</summary>
    public static string Number(long number) => number.ToString("N0", SpaceSeparated);

    /// <summary>Formats a number of things: <c>1 line</c>, <c>1 200 lines</c>.</summary>
    public static string Count(long number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

    /// <summary>Prints an error and returns exit status 1.</summary>
    public static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }

    /// <summary>Prints the value or the error of a use case, and returns the exit status.</summary>
    public static int Print<T>(this Result<T> result, Func<T, string> format)
    {
        if (!result.Succeeded(out var value, out var error))
        {
            return Fail(error.Fields is null
                ? error.Detail
                : string.Join(Environment.NewLine, error.Fields.Select(field => $"{field.Key}: {string.Join(" ", field.Value)}")));
        }

        Console.WriteLine(format(value));
        return 0;
    }
}
