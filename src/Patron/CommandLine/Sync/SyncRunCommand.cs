using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Patron.Erp;
using Patron.Erp.Runs;
using Patron.Shared;
using Patron.Shared.Results;

namespace Patron.CommandLine.Sync;

/// <summary>
/// <c>patron sync run</c>, published as <c>patron sync odoo</c>: runs the sync once and prints its figures (source 4, 'Customer Sync
/// Script').
/// </summary>
internal static class SyncRunCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Show what would happen without changing anything.",
    };
    private static readonly Option<bool> Full = new("--full")
    {
        Description = "Read all partners and correct what differs. [default: partners changed since the last run]",
    };
    private static readonly Option<bool> SameErp = new("--same-erp")
    {
        Description = "Confirm that the ERP was moved or renamed and has the same partners.",
    };
    private static readonly Option<bool> AcceptLosses = new("--accept-losses")
    {
        Description = "Confirm that more than half of the known partners were deleted.",
    };

    public static Command Build()
    {
        var command = new Command(
            "run",
            "Run a sync. Companies and individuals with an email become customers of the home organization, or are linked to existing ones.")
        {
            DryRun, Full, SameErp, AcceptLosses, JsonOutput.Option,
        };
        command.Aliases.Add("odoo");
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, CommandContext context, CancellationToken cancellationToken)
    {
        var json = line.GetValue(JsonOutput.Option);
        if (context.Services.GetService<IErpConnector>() is not { } erp)
        {
            return JsonOutput.Fail(
                json,
                "There's no ERP to sync: Odoo:Url is not set, and Erp:Source is not csv. See docs/settings.md.");
        }

        var progress = new SyncProgressLine();
        if (line.GetValue(DryRun))
        {
            var previewed = await progress.ShowAsync(report => context.Get<PreviewSync>().HandleAsync(report, cancellationToken));
            return Print(previewed, erp, json, figures => (figures, new SyncSummary(figures, null, SyncMode.Full, dryRun: true)));
        }

        var order =
            new SyncParameters { Full = line.GetValue(Full), SameErp = line.GetValue(SameErp), AcceptLosses = line.GetValue(AcceptLosses) };
        var finished = await progress.ShowAsync(report => context.Get<RunSync>().HandleAsync(order, report, cancellationToken));
        return Print(finished, erp, json, run => (run.Figures, new SyncSummary(run.Figures, run.RunId, run.Mode, dryRun: false)));
    }

    private static int Print<T>(Result<T> result, IErpConnector erp, bool json, Func<T, (SyncFigures Figures, SyncSummary Summary)> read)
    {
        if (!result.Succeeded(out var value, out var error))
        {
            return JsonOutput.Fail(json, error.Sentence);
        }

        var (figures, summary) = read(value);
        if (json)
        {
            JsonOutput.Print(summary);
        }
        else
        {
            Console.WriteLine(SyncText.Format(figures, erp, summary.DryRun));
        }

        return 0;
    }

    /// <summary>Shows the progress of a run. The speed is that of this process, because another one may have started the run.</summary>
    private sealed class SyncProgressLine
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private SyncProgress current = new(SyncPhase.Pages, 0, 0);
        private long? readAtStart;

        public Task<T> ShowAsync<T>(Func<Action<SyncProgress>, Task<T>> run)
        {
            var bar = new WorkProgress(
                "reading partners", () => current.Expected == 0 ? 0 : Math.Min(1, (double)current.Read / current.Expected));
            return bar.ShowAsync(() => run(progress =>
            {
                current = progress;
                readAtStart ??= progress.Read;
                bar.Report(progress.Read, Describe);
            }));
        }

        private string Describe()
        {
            var count = $"{CommandOutput.Number(current.Read)} of {CommandOutput.Count(current.Expected, "partner")}";
            return current.Read == readAtStart
                ? count
                : $"{count}, {CommandOutput.Number((long)((current.Read - readAtStart!.Value) / clock.Elapsed.TotalSeconds))} per second";
        }
    }
}
