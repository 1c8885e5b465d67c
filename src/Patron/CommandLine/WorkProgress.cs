using Spectre.Console;

namespace Patron.CommandLine;

/// <summary>
/// Shows the progress of long work on standard error: a bar with the remaining time on a terminal, else a line for every 10,000 steps.
/// <paramref name="fraction"/> returns the completed part from 0 to 1; it is null if that is unknown.
/// </summary>
internal sealed class WorkProgress(string work, Func<double>? fraction)
{
    private const int StepsPerLine = 10_000;
    private const int StepsPerBarUpdate = 100;

    private readonly IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private ProgressTask? bar;
    private long lastReported;

    /// <summary>Runs the work and shows its progress meanwhile.</summary>
    public Task<T> ShowAsync<T>(Func<Task<T>> run) => Console.IsErrorRedirected
        ? run()
        : terminal.Progress().AutoClear(enabled: true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn())
            .StartAsync(context =>
            {
                bar = context.AddTask(work, maxValue: 1);
                bar.IsIndeterminate = fraction is null;
                return run();
            });

    /// <summary>Reports the number of completed steps; <paramref name="describe"/> returns the text to show.</summary>
    public void Report(long steps, Func<string> describe)
    {
        var interval = bar is null ? StepsPerLine : StepsPerBarUpdate;
        if (steps / interval == lastReported / interval)
        {
            return;
        }

        lastReported = steps;
        if (bar is null)
        {
            Console.Error.WriteLine(describe());
        }
        else
        {
            bar.Value = fraction?.Invoke() ?? 0;
            bar.Description = describe();
        }
    }

    /// <summary>Writes a line without disturbing the bar.</summary>
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
