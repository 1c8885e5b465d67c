using System.CommandLine;
using System.Globalization;
using Patron.Customers.Erp;
using Patron.Erp;
using Patron.Erp.Runs;
using Patron.Shared;
using Patron.Shared.Text;

namespace Patron.CommandLine.Sync;

/// <summary>The status of the sync, as <c>--json</c> prints it.</summary>
internal sealed record SyncStatusSummary(
    CustomerFigures Customers, long Conflicts, long Errors, long ChangeRequests, RunLine? Open, RunLine? Last,
    DateTimeOffset? LastSucceededAt);

/// <summary>A sync run, as <c>--json</c> prints it.</summary>
internal sealed record RunLine(
    long Id, string State, string Mode, string Phase, long ReadPartners, DateTimeOffset RequestedAt, DateTimeOffset? FinishedAt,
    string? Error)
{
    public static RunLine? From(SyncRun? run) => run is null ? null : new RunLine(
        run.Id, EnumNames<SyncState>.Of(run.State), EnumNames<SyncMode>.Of(run.Mode), EnumNames<SyncPhase>.Of(run.Phase), run.ReadPartners,
        run.RequestedAt, run.FinishedAt, run.Error);
}

/// <summary><c>patron sync status</c>: prints the figures of source 4, 'Monitor Sync Status', and the last run.</summary>
internal static class SyncStatusCommand
{
    public static Command Build()
    {
        var command = new Command(
            "status",
            "Show how many customers are linked to the ERP and have a password, and the last run.") { JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, CommandContext context, CancellationToken cancellationToken)
    {
        var json = line.GetValue(JsonOutput.Option);
        var read = await context.Get<ReadSyncRuns>().StatusAsync(context.Caller, cancellationToken);
        if (!read.Succeeded(out var status, out var error))
        {
            return JsonOutput.Fail(json, error.Sentence);
        }

        var summary = new SyncStatusSummary(
            status.Customers, status.Conflicts, status.Errors, status.ChangeRequests, RunLine.From(status.Open), RunLine.From(status.Last),
            status.LastSucceeded?.FinishedAt);
        if (json)
        {
            JsonOutput.Print(summary);
            return 0;
        }

        Console.WriteLine(SyncText.Format(status.Customers, context.Services.GetService<IErpConnector>()));
        Console.WriteLine(
            $"{CommandOutput.Count(status.Conflicts, "conflict")} and {CommandOutput.Count(status.ChangeRequests, "change request")} need a decision. {CommandOutput.Count(status.Errors, "partner")} will be retried.");
        Console.WriteLine(Describe("Running", summary.Open) ?? "No run is in progress.");
        Console.WriteLine(Describe("Last", summary.Last) ?? "No run has finished yet.");
        return 0;
    }

    private static string? Describe(string label, RunLine? run) => run is null ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{label}: run {run.Id}, {run.Mode}, {run.State}, {CommandOutput.Count(run.ReadPartners, "partner")} read, {(run.FinishedAt is { } end ? $"finished {end:yyyy-MM-dd HH:mm:ss} UTC" : $"requested {run.RequestedAt:yyyy-MM-dd HH:mm:ss} UTC")}{(run.Error is null ? "" : $": {run.Error}")}");
}
