using Spectre.Console;

namespace Patron.CommandLine.Imports;

/// <summary>How far an import is, on standard error: a bar on a terminal, else a plain line for every 10 000 lines.</summary>
internal sealed class ImportProgress(Stream source)
{
    private const int LinesToAWord = 10_000;
    private const int LinesToAStep = 100;

    private readonly IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private ProgressTask? bar;

    /// <summary>Does the work and shows its steps meanwhile.</summary>
    public Task<T> ShowAsync<T>(Func<Task<T>> work) => Console.IsErrorRedirected
        ? work()
        : terminal.Progress().AutoClear(enabled: true).Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn()).StartAsync(context =>
        {
            bar = context.AddTask("importing", maxValue: source.CanSeek ? Math.Max(source.Length, 1) : 1);
            bar.IsIndeterminate = !source.CanSeek;
            return work();
        });

    /// <summary>So many lines are done; <paramref name="words"/> says more about them.</summary>
    public void Step(long lines, Func<string> words)
    {
        if (bar is not null && lines % LinesToAStep == 0)
        {
            bar.Value = source.CanSeek ? source.Position : 0;
            bar.Description = words();
        }
        else if (bar is null && lines % LinesToAWord == 0)
        {
            Console.Error.WriteLine(words());
        }
    }

    /// <summary>Says something beside the bar.</summary>
    public void WriteLine(string text)
    {
        if (bar is null)
        {
            Console.Error.WriteLine(text);
        }
        else
        {
            terminal.WriteLine(text);
        }
    }
}
