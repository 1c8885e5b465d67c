using System.Globalization;
using System.Text;
using Patron.Shared.Results;

namespace Patron.CommandLine;

/// <summary>Formats and prints the output of commands.</summary>
internal static class CommandOutput
{
    /// <summary>
    /// Formats a number for people, as their language writes it: <c>1,180</c> or <c>1.180</c>. Everything else is culture-invariant.
    /// </summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InstalledUICulture);

    /// <summary>Formats a number of things: <c>1 line</c>, <c>1,200 lines</c>.</summary>
    public static string Count(long number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

    /// <summary>
    /// A text of somebody else in one line: tabs, line breaks and other characters that control a terminal are escaped.
    /// </summary>
    public static string OneLine(string? text)
    {
        var line = new StringBuilder();
        foreach (var character in text ?? "")
        {
            var isSafe = char.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            _ = character switch
            {
                '\t' => line.Append(@"\t"),
                '\n' => line.Append(@"\n"),
                _ when isSafe => line.Append(character),
                _ => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
            };
        }

        return line.ToString();
    }

    /// <summary>Prints a table with a header; each column is as wide as its longest cell.</summary>
    public static void PrintTable(string[] header, IEnumerable<string?[]> rows)
    {
        string[][] lines = [header, .. rows.Select(row => Array.ConvertAll(row, OneLine))];
        var widths = header.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var (number, line) in lines.Index())
        {
            var text = string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
            Console.WriteLine(number == 0 ? Style(Bold, text) : text);
        }
    }

    public const string Bold = "1";
    public const string Red = "31";
    public const string Green = "32";

    /// <summary>Colours a text by an ANSI code, on a terminal and unless NO_COLOR is set (no-color.org).</summary>
    public static string Style(string code, string text) =>
        Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("TERM") is "dumb"
            ? text
            : $"\e[{code}m{text}\e[0m";

    /// <summary>The exit status of work on many things: 0 if all were done, 3 if some, 1 if none.</summary>
    public static int StatusOf(long done, long failed) => (done, failed) switch
    {
        (_, 0) => 0,
        (0, _) => 1,
        _ => 3,
    };

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
