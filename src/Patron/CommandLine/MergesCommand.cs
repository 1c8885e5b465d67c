using System.CommandLine;
using System.Globalization;
using Patron.Customers.Merges;
using Patron.Shared;
using Patron.Shared.Text;

namespace Patron.CommandLine;

/// <summary>A merge as <c>--json</c> prints it.</summary>
internal sealed record MergeLine(
    long Id, string CustomerId, string AbsorbedId, DateTimeOffset MadeAt, string Evidence, string State, string? Reason, Guid? MadeBy,
    DateTimeOffset? UndoneAt, string? UndoReason)
{
    public static MergeLine From(MergeView merge) => new(
        merge.Id, merge.CustomerId, merge.AbsorbedId, merge.MadeAt, EnumNames<MergeEvidence>.Of(merge.Evidence),
        EnumNames<MergeState>.Of(merge.State), merge.Reason, merge.MadeBy, merge.UndoneAt, merge.UndoReason);
}

internal sealed record MergeList(IReadOnlyList<MergeLine> Merges);

/// <summary><c>patron merges</c>: merges customers, lists merges and undoes them.</summary>
internal static class MergesCommand
{
    private static readonly ProcessRole[] Roles = [ProcessRole.All, ProcessRole.Customers];

    public static Command Build() => new("merges", "Merge customers, review merges, and undo them.") { List(), Show(), Make(), Undo() };

    private static Command List()
    {
        var customer = new Option<string>("--customer") { Description = "Only merges of this customer.", HelpName = "id" };
        var command = new Command("list", "List the latest merges.") { customer, JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var list = context.Get<ListMerges>();
            var found = line.GetValue(customer) is { } reference
                ? await list.OfCustomerAsync(context.Caller, reference, cancellationToken)
                : await list.HandleAsync(context.Caller, before: null, ListMerges.MaxLimit, cancellationToken);
            if (!found.Succeeded(out var merges, out var error))
            {
                return JsonOutput.Fail(line.GetValue(JsonOutput.Option), error.Sentence);
            }

            if (line.GetValue(JsonOutput.Option))
            {
                JsonOutput.Print(new MergeList([.. merges.Select(MergeLine.From)]));
                return 0;
            }

            PrintTable(merges);
            Console.WriteLine($"{CommandOutput.Count(merges.Count, "merge")}.");
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var id = Id();
        var command = new Command("show", "Show one merge.") { id, JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var found = await context.Get<ListMerges>().FindAsync(context.Caller, line.GetRequiredValue(id), cancellationToken);
            if (!found.Succeeded(out var merge, out var error))
            {
                return JsonOutput.Fail(line.GetValue(JsonOutput.Option), error.Detail);
            }

            if (line.GetValue(JsonOutput.Option))
            {
                JsonOutput.Print(MergeLine.From(merge));
                return 0;
            }

            PrintTable([merge]);
            Console.WriteLine(CommandOutput.OneLine($"Reason: {merge.Reason ?? "(none)"}"));
            if (merge.UndoneAt is { } undone)
            {
                Console.WriteLine(CommandOutput.OneLine($"Undone {undone.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {merge.UndoReason ?? "(no reason)"}"));
            }

            return 0;
        });
        return command;
    }

    private static Command Make()
    {
        var survivor = new Argument<string>("customer") { Description = "The customer who stays." };
        var others = new Argument<string[]>("others")
        {
            Description = $"Up to {MergeCustomers.MaxOthers} customers who become a part of it.", Arity = ArgumentArity.OneOrMore,
        };
        var reason = Reason("Why. Required if two of them have an account.");
        var isDryRun = new Option<bool>("--dry-run") { Description = "Only show what would be." };
        var command = new Command("make", "Merge customers into one. This can be undone.") { survivor, others, reason, isDryRun };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var request = new MergeRequest(line.GetRequiredValue(others))
            {
                Reason = line.GetValue(reason), IsDryRun = line.GetValue(isDryRun),
            };
            var result = await context.Get<MergeCustomers>().HandleAsync(
                context.Caller, line.GetRequiredValue(survivor), request, cancellationToken);
            return result.Print(merged =>
            {
                CommandOutput.PrintTable(
                    ["FIELD", "VALUE", "FROM", "WHY"],
                    merged.Fields.Select(field => new[]
                    {
                        field.Field, field.Value ?? "(empty)", field.From ?? "(both)", EnumNames<MergeReason>.Of(field.Reason),
                    }));
                return request.IsDryRun
                    ? "Nothing was done."
                    : $"Merged into {merged.Customer.CustomerId}: {string.Join(", ", merged.Identifiers)}. Undo: patron merges undo {merged.Merges[^1]}";
            });
        });
        return command;
    }

    private static Command Undo()
    {
        var id = Id();
        var reason = Reason("Why. Required for merges that joined what belongs to an account.");
        var command = new Command("undo", "Undo a merge. Both customers stand as before; later changes stay.") { id, reason };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var undone = await context.Get<UndoMerge>().HandleAsync(
                context.Caller, line.GetRequiredValue(id), line.GetValue(reason), cancellationToken);
            return undone.Print(both => string.Join(
                Environment.NewLine,
                both.Released.Select(released => $"Another customer has the email address of {released} by now, so it came back without it.")
                    .Prepend($"{both.Returned.CustomerId} and {both.Survivor.CustomerId} are two customers again.")));
        });
        return command;
    }

    private static Argument<long> Id() => new("id") { Description = "The ID as 'patron merges list' shows it." };

    private static Option<string> Reason(string description) => new("--reason") { Description = description, HelpName = "text" };

    private static void PrintTable(IReadOnlyList<MergeView> merges) => CommandOutput.PrintTable(
        ["ID", "MADE", "CUSTOMER", "ABSORBED", "BY", "STATE"],
        merges.Select(merge => new[]
        {
            merge.Id.ToString(CultureInfo.InvariantCulture), $"{merge.MadeAt.UtcDateTime:yyyy-MM-dd}", merge.CustomerId, merge.AbsorbedId,
            EnumNames<MergeEvidence>.Of(merge.Evidence), EnumNames<MergeState>.Of(merge.State),
        }));
}
