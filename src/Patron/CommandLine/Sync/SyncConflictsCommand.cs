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
    public static Command Build()
    {
        var command = new Command(
            "conflicts",
            "List the partners that wait for staff, with the customer each is tied to. 'patron sync settle' decides.") { JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], RunAsync, JsonOutput.Option);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, CommandContext context, CancellationToken cancellationToken)
    {
        var conflicts = new List<ConflictLine>();
        for (var after = ""; after is not null;)
        {
            var page =
                (await context.Get<ListPartners>()
                    .HandleAsync(context.Caller, state: null, isWaiting: true, after, ListPartners.MaxLimit, cancellationToken)).Value;
            conflicts.AddRange(page.Partners.Select(Line));
            after = page.Next;
        }

        if (line.GetValue(JsonOutput.Option))
        {
            JsonOutput.Print(new ConflictsSummary(conflicts), SyncJson.Default.ConflictsSummary);
            return 0;
        }

        foreach (var conflict in conflicts)
        {
            Console.WriteLine(
                $"{conflict.PartnerId,8}  {conflict.Reason.Replace('_', ' '),-14}  {conflict.Name} <{conflict.Email}>  ->  {conflict.CustomerId} {conflict.CustomerName}{(conflict.SuccessorId is { } successor ? $"; {successor} has the address now" : "")}");
        }

        Console.WriteLine(
            conflicts.Count == 0
                ? "No partner waits for staff."
                : $"{CommandOutput.Count(conflicts.Count, "partner")}. Decide with: patron sync settle PARTNER keep|take|ignore|merge");
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
