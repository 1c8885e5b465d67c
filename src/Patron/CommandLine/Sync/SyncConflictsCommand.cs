using System.CommandLine;
using System.Text.Json.Nodes;
using Patron.Erp.Partners;
using Patron.Shared;

namespace Patron.CommandLine.Sync;

/// <summary>
/// A partner that waits for a decision by staff, the customer it is linked to, and the customer who has its address now if it is gone.
/// </summary>
internal sealed record ConflictLine(
    string PartnerId, string? Name, string? Email, string Reason, string? CustomerId, string? CustomerName, string? SuccessorId,
    string? Url);

internal sealed record ConflictsSummary(IReadOnlyList<ConflictLine> Conflicts);

/// <summary><c>patron sync conflicts</c>: lists the partners that wait for staff, with their customers.</summary>
internal static class SyncConflictsCommand
{
    /// <summary>Only partners with this reason.</summary>
    public static Option<string?> Reason { get; } = new("--reason")
    {
        Description = "Only partners with this reason, as 'patron sync conflicts' lists it.",
        HelpName = "REASON",
    };

    public static Command Build()
    {
        var command = new Command("conflicts", "List partners that need a decision, with their customers. 'patron sync settle' decides.")
        {
            Reason, JsonOutput.Option,
        };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], RunAsync);
        return command;
    }

    /// <summary>The waiting partners, or those of them with this reason.</summary>
    public static async Task<IReadOnlyList<ConflictLine>> ReadAsync(
        CommandContext context, string? reason, CancellationToken cancellationToken)
    {
        var conflicts = new List<ConflictLine>();
        for (var after = ""; after is not null;)
        {
            var page =
                (await context.Get<ListPartners>()
                    .HandleAsync(context.Caller, state: null, isWaiting: true, after, ListPartners.MaxLimit, cancellationToken)).Value;
            conflicts.AddRange(page.Partners.Select(Line).Where(line => reason is null || line.Reason == reason));
            after = page.Next;
        }

        return conflicts;
    }

    private static async Task<int> RunAsync(ParseResult line, CommandContext context, CancellationToken cancellationToken)
    {
        var conflicts = await ReadAsync(context, line.GetValue(Reason), cancellationToken);
        if (line.GetValue(JsonOutput.Option))
        {
            JsonOutput.Print(new ConflictsSummary(conflicts));
            return 0;
        }

        if (conflicts.Count == 0)
        {
            Console.WriteLine("No partners need a decision.");
            return 0;
        }

        CommandOutput.PrintTable(
            ["PARTNER", "REASON", "NAME", "EMAIL", "CUSTOMER", "CUSTOMER NAME", "HAS ITS ADDRESS NOW"],
            conflicts.Select(conflict => new[]
            {
                conflict.PartnerId, conflict.Reason, conflict.Name, conflict.Email, conflict.CustomerId, conflict.CustomerName,
                conflict.SuccessorId,
            }));
        Console.WriteLine($"{CommandOutput.Count(conflicts.Count, "partner")}. Decide with: patron sync settle PARTNER keep|take|ignore|merge");
        return 0;
    }

    private static ConflictLine Line(PartnerView view)
    {
        var facts = view.Partner.Facts is { } json ? JsonNode.Parse(json) : null;
        return new ConflictLine(
            view.Partner.PartnerId, facts?["name"]?.ToString(), facts?["email"]?.ToString(), view.Partner.Reason
                ?? "gone", view.Customer?.CustomerId, view.Customer?.FullName, view.Successor?.CustomerId, view.Link?.AbsoluteUri);
    }
}
