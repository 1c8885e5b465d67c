using System.Text;
using System.Text.Json.Serialization;
using Patron.Erp;
using Patron.Erp.Runs;
using Patron.Shared.Text;

namespace Patron.CommandLine.Sync;

/// <summary>The figures of a run as <c>--json</c> prints them, at the top level (contract, 'Sync').</summary>
internal sealed record SyncSummary : SyncFigures
{
    public SyncSummary(SyncFigures figures, long? run, SyncMode mode, bool dryRun)
        : base(figures) => (Run, Mode, DryRun) = (run, EnumNames<SyncMode>.Of(mode), dryRun);

    /// <summary>The id of the run; null for a dry run, which is not recorded.</summary>
    [JsonPropertyOrder(1)]
    public long? Run { get; }

    [JsonPropertyOrder(1)]
    public string Mode { get; }

    [JsonPropertyOrder(1)]
    public bool DryRun { get; }
}

/// <summary>Formats the figures of the sync as text.</summary>
internal static class SyncText
{
    private const int MaxNotes = 10;

    public static string Format(SyncFigures figures, IErpConnector erp, bool dryRun)
    {
        var text = new StringBuilder();
        text.AppendLine($"{(dryRun ? "A run would find" : "The ERP has")} {CommandOutput.Count(figures.Total, "partner")}:");
        Line("created", figures.Created);
        Line(
            "updated", figures.Updated,
            figures.Adopted.Count > 0 ? $"{CommandOutput.Number(figures.Adopted.Count)} of them were customers already" : null);
        Line("unchanged", figures.Unchanged);
        Line(
            "skipped", figures.Skipped.Values.Sum(),
            string.Join(
                ", ",
                figures.Skipped.Where(entry => entry.Value > 0)
                    .Select(entry => $"{CommandOutput.Number(entry.Value)} {entry.Key.Replace('_', ' ')}")));
        Line("conflicts", figures.Conflicts, figures.Conflicts > 0 ? "need a decision: patron sync conflicts" : null);
        Line("errors", figures.Errors, figures.Errors > 0 ? "retried by the next run" : null);
        Notes("Couldn't be read or written:", figures.Failed);
        Notes("Stored unchanged, but longer than usual or invalid:", figures.Warnings);
        text.Append(Format(figures.Customers, erp));
        return text.ToString();

        void Line(string name, long count, string? more = null) =>
            text.AppendLine($"  {name,-10} {CommandOutput.Number(count),9}{(string.IsNullOrEmpty(more) ? "" : $"  ({more})")}");

        void Notes(string title, IReadOnlyList<PartnerIssue> notes)
        {
            if (notes.Count > 0)
            {
                text.AppendLine(title);
                foreach (var note in notes.Take(MaxNotes))
                {
                    text.AppendLine($"  partner {note.PartnerId}: {note.Reason}");
                }

                if (notes.Count > MaxNotes)
                {
                    text.AppendLine($"  ... --json lists {(notes.Count < 100 ? "all" : "the first hundred")}.");
                }
            }
        }
    }

    public static string Format(CustomerFigures customers, IErpConnector? erp) =>
        $"{CommandOutput.Count(customers.Total, "customer")}: {CommandOutput.Number(customers.Linked)} linked to {erp?.Name ?? "an ERP"}, {CommandOutput.Number(customers.WithPassword)} with a password, "
        + $"{CommandOutput.Number(customers.Companies)} companies, {CommandOutput.Number(customers.Individuals)} individuals.";
}
