using System.CommandLine;
using Patron.Erp.Partners;
using Patron.Shared;
using Patron.Shared.Text;

namespace Patron.CommandLine.Sync;

/// <summary>The result of settling many partners, as <c>--json</c> prints it.</summary>
internal sealed record SettleSummary(int Settled, IReadOnlyList<SettleFailure> Failed);

internal sealed record SettleFailure(string PartnerId, string Reason);

/// <summary><c>patron sync settle</c>: records the decision of staff about one partner in conflict, or about many.</summary>
internal static class SyncSettleCommand
{
    private static readonly Option<bool> All = new("--all") { Description = "Settle all partners that need a decision." };

    public static Command Build()
    {
        var decision = new Argument<string[]>("decision")
        {
            Description =
                "The ERP's id of a partner (not with --all or --reason), then a decision. keep: one more partner of the same customer. take: the customer belongs to this partner from now on. ignore: skip the partner. merge: for a deleted partner, merge its customer with the one that has its address now.",
            HelpName = "[PARTNER] keep|take|ignore|merge",
            Arity = new ArgumentArity(1, 2),
        };
        decision.CompletionSources.Add([.. EnumNames<Settlement>.All]);
        var command = new Command("settle", "Decide about partners that 'patron sync conflicts' lists.")
        {
            decision, All, SyncConflictsCommand.Reason, Confirmation.Yes, JsonOutput.Option,
        };
        command.Validators.Add(result =>
        {
            var words = result.GetValue(decision) ?? [];
            if (words.Length == 0)
            {
                return; // Reported as a missing argument.
            }

            var isMany = result.GetValue(All) || result.GetValue(SyncConflictsCommand.Reason) is not null;
            if (isMany != (words.Length == 1))
            {
                result.AddError("Name one PARTNER and a decision, or use --all or --reason with a decision only.");
            }
            else if (!EnumNames<Settlement>.TryRead(words[^1], out _))
            {
                result.AddError(NameOptions.Problem<Settlement>("DECISION", words[^1]));
            }
        });
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], (line, context, cancellationToken) =>
        {
            var words = line.GetRequiredValue(decision);
            var settlement = EnumNames<Settlement>.Parse(words[^1]);
            return words.Length == 2
                ? SettleAsync(line, context, [words[0]], settlement, cancellationToken)
                : SettleManyAsync(line, context, settlement, cancellationToken);
        });
        return command;
    }

    private static async Task<int> SettleManyAsync(
        ParseResult line, CommandContext context, Settlement decision, CancellationToken cancellationToken)
    {
        var conflicts = await SyncConflictsCommand.ReadAsync(context, line.GetValue(SyncConflictsCommand.Reason), cancellationToken);
        var question = $"Settle {CommandOutput.Count(conflicts.Count, "partner")} with '{EnumNames<Settlement>.Of(decision)}'?";
        if (conflicts.Count > 0 && !Confirmation.IsGiven(line, question))
        {
            return 1;
        }

        return await SettleAsync(line, context, [.. conflicts.Select(conflict => conflict.PartnerId)], decision, cancellationToken);
    }

    // Each partner is a transaction of its own: it may have been settled by somebody else meanwhile.
    private static async Task<int> SettleAsync(
        ParseResult line, CommandContext context, string[] partners, Settlement decision, CancellationToken cancellationToken)
    {
        var json = line.GetValue(JsonOutput.Option);
        var (settled, failed) = (0, new List<SettleFailure>());
        foreach (var partner in partners)
        {
            var result = await context.Get<SettlePartner>().HandleAsync(context.Caller, partner, decision, cancellationToken);
            if (!result.Succeeded(out var view, out var error))
            {
                failed.Add(new SettleFailure(partner, error.Sentence));
                CommandOutput.Fail($"Partner {CommandOutput.OneLine(partner)}: {error.Sentence}");
                continue;
            }

            settled++;
            if (!json)
            {
                Console.WriteLine(CommandOutput.OneLine(Describe(view, decision)));
            }
        }

        if (json)
        {
            JsonOutput.Print(new SettleSummary(settled, failed));
        }
        else if (partners.Length != 1)
        {
            Console.WriteLine($"Settled {CommandOutput.Count(settled, "partner")}.");
        }

        return CommandOutput.StatusOf(settled, failed.Count);
    }

    private static string Describe(PartnerView view, Settlement decision) => decision switch
    {
        Settlement.Keep => $"Partner {view.Partner.PartnerId} is one more partner of {view.Customer?.CustomerId}.",
        Settlement.Take =>
            $"{view.Customer?.CustomerId} is the customer of partner {view.Partner.PartnerId}. The next run brings its values.",
        Settlement.Merge => $"Both are now one record, {view.Customer?.CustomerId}.",
        _ when view.Partner.State == PartnerState.Gone => $"Partner {view.Partner.PartnerId} is deleted and needs no decision.",
        _ => $"Partner {view.Partner.PartnerId} is skipped from now on.",
    };
}
