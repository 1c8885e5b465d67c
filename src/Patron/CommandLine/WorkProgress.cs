using Spectre.Console;

namespace Patron.CommandLine;

/// <summary>
/// How far a long work is, on standard error: a bar on a terminal, with the time left, else a plain line for every 10 000 steps.
/// <paramref name="fraction"/> is how much of it is done, from 0 to 1, where that can be known.
/// </summary>
internal sealed class WorkProgress(string work, Func<double>? fraction)
{
    private const int StepsToAWord = 10_000;
    private const int StepsToAMove = 100;

    private readonly IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private ProgressTask? bar;
    private long told;

    /// <summary>Does the work and shows its steps meanwhile.</summary>
    public Task<T> ShowAsync<T>(Func<Task<T>> run) => Console.IsErrorRedirected
        ? run()
        : terminal.Progress().AutoClear(enabled: true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn()).StartAsync(context =>
            {
                bar = context.AddTask(work, maxValue: 1);
                bar.IsIndeterminate = fraction is null;
                return run();
            });

    /// <summary>So many steps are done; <paramref name="words"/> says more about them.</summary>
    public void Step(long steps, Func<string> words)
    {
        var interval = bar is null ? StepsToAWord : StepsToAMove;
        if (steps / interval == told / interval)
        {
            return;
        }

        told = steps;
        if (bar is null)
        {
            Console.Error.WriteLine(words());
        }
        else
        {
            bar.Value = fraction?.Invoke() ?? 0;
            bar.Description = words();
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
