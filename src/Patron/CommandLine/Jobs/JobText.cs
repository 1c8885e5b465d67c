using System.Globalization;
using System.Text.Json.Nodes;
using Patron.Customers.Jobs;
using Patron.Shared.Text;

namespace Patron.CommandLine.Jobs;

/// <summary>A job as <c>--json</c> prints it.</summary>
internal sealed record JobSummary(
    long Id, string Kind, string State, string? Reason, JsonObject Changes, IReadOnlyList<string> Fields, JobFigures Rows, bool CanUndo,
    DateTime CreatedAt, DateTime? ExpiresAt, DateTime? ConfirmedAt, DateTime? FinishedAt, DateTime? UndoneAt,
    IReadOnlyList<string> NotFound)
{
    public static JobSummary From(Job job) => new(
        job.Id, EnumNames<JobKind>.Of(job.Kind), EnumNames<JobState>.Of(job.State), job.Reason, JsonNode.Parse(job.Changes)!.AsObject(),
        job.Fields, job.Rows, job.CanUndo, job.CreatedAt.UtcDateTime, job.ExpiresAt?.UtcDateTime, job.ConfirmedAt?.UtcDateTime,
        job.FinishedAt?.UtcDateTime, job.UndoneAt?.UtcDateTime, job.NotFound);
}

internal sealed record JobList(IReadOnlyList<JobSummary> Jobs);

/// <summary>A customer of a job as <c>--json</c> prints it.</summary>
internal sealed record JobRowSummary(string? CustomerId, Guid Uid, string State, string? Reason, IReadOnlyList<string> Fields)
{
    public static JobRowSummary From(JobRow row) =>
        new(row.CustomerId, row.CustomerUid, EnumNames<JobRowState>.Of(row.State), row.Reason, row.Fields);
}

internal sealed record JobRowList(IReadOnlyList<JobRowSummary> Rows);

/// <summary>Describes jobs in words.</summary>
internal static class JobText
{
    /// <summary>The state with the reason, and what to do next.</summary>
    public static string Describe(Job job)
    {
        var state = EnumNames<JobState>.Of(job.State) + (job.Reason is null ? "" : $" ({job.Reason})");
        var customers = CommandOutput.Count(job.Rows.Total, "customer");
        var lines = new List<string> { $"Job {job.Id}, {EnumNames<JobKind>.Of(job.Kind)}: {state}. {customers}." };
        Add(lines, job.Rows.WouldChange, job.ConfirmedAt is null ? "would change" : "were to change");
        Add(lines, job.Rows.Unchanged, "stay as they are");
        Add(lines, job.Rows.Cannot, "can't be changed");
        Add(lines, job.Rows.Changed, "changed");
        Add(lines, job.Rows.Skipped, "skipped");
        Add(lines, job.Rows.Undone, "undone");
        Add(lines, job.Rows.Kept, "kept as they are");
        if (job.NotFound.Count > 0)
        {
            lines.Add($"Not found: {string.Join(", ", job.NotFound.Select(CommandOutput.OneLine))}");
        }

        if (Advice(job) is { } advice)
        {
            lines.Add(advice);
        }

        return string.Join(Environment.NewLine, lines);
    }

    private static void Add(List<string> lines, int count, string what)
    {
        if (count > 0)
        {
            lines.Add($"{CommandOutput.Number(count),10} {what}");
        }
    }

    private static string? Advice(Job job)
    {
        var id = job.Id.ToString(CultureInfo.InvariantCulture);
        return job.State switch
        {
            JobState.Ready when job.Rows.WouldChange > 0 => $"Apply it within an hour: patron jobs confirm {id} {job.Rows.WouldChange}",
            JobState.Paused => $"Continue it: patron jobs confirm {id} {job.Rows.WouldChange}",
            JobState.UndoPaused => $"Continue it: patron jobs undo {id}",
            JobState.Applied or JobState.Cancelled when job.Rows.Skipped + job.Rows.Cannot > 0 => $"See why: patron jobs rows {id}",
            _ => null,
        };
    }
}
