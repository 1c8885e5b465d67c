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

    /// <summary>Null for a dry run, which leaves none.</summary>
    [JsonPropertyOrder(1)]
    public long? Run { get; }

    [JsonPropertyOrder(1)]
    public string Mode { get; }

    [JsonPropertyOrder(1)]
    public bool DryRun { get; }
}

/// <summary>The figures of the sync in words, as people read them.</summary>
internal static class SyncWords
{
    private const int Shown = 10;

    public static string Of(SyncFigures figures, IErpConnector erp, bool dryRun)
    {
        var words = new StringBuilder();
        words.AppendLine($"{(dryRun ? "A run would find" : "The ERP has")} {Running.Count(figures.Total, "partner")}:");
        Line("created", figures.Created);
        Line("updated", figures.Updated, figures.Adopted.Count > 0 ? $"{Running.Number(figures.Adopted.Count)} of them were customers here before" : null);
        Line("unchanged", figures.Unchanged);
        Line("skipped", figures.Skipped.Values.Sum(), string.Join(", ", figures.Skipped.Where(one => one.Value > 0).Select(one => $"{Running.Number(one.Value)} {one.Key.Replace('_', ' ')}")));
        Line("conflicts", figures.Conflicts, figures.Conflicts > 0 ? "waiting for staff: patron sync conflicts" : null);
        Line("errors", figures.Errors, figures.Errors > 0 ? "tried again by the next run" : null);
        Notes("Could not be read or written:", figures.Failed);
        Notes("Kept whole, though longer or other than usual:", figures.Warnings);
        words.Append(Customers(figures.Customers, erp));
        return words.ToString();

        void Line(string name, long count, string? more = null) =>
            words.AppendLine($"  {name,-10} {Running.Number(count),9}{(string.IsNullOrEmpty(more) ? "" : $"  ({more})")}");

        void Notes(string title, IReadOnlyList<PartnerNote> notes)
        {
            if (notes.Count > 0)
            {
                words.AppendLine(title);
                foreach (var note in notes.Take(Shown))
                {
                    words.AppendLine($"  partner {note.PartnerId}: {note.Reason}");
                }

                if (notes.Count > Shown)
                {
                    words.AppendLine($"  ... --json lists {(notes.Count < 100 ? "all" : "the first hundred")}.");
                }
            }
        }
    }

    public static string Customers(CustomerFigures customers, IErpConnector? erp) =>
        $"{Running.Count(customers.Total, "customer")}: {Running.Number(customers.Linked)} linked to {erp?.Name ?? "an ERP"}, {Running.Number(customers.WithPassword)} with a password, "
        + $"{Running.Number(customers.Companies)} companies, {Running.Number(customers.Individuals)} individuals.";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SyncSummary))]
[JsonSerializable(typeof(SyncStatusSummary))]
[JsonSerializable(typeof(ConflictsSummary))]
internal sealed partial class SyncJson : JsonSerializerContext;
