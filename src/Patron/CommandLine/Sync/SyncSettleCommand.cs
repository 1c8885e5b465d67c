using System.CommandLine;
using Patron.Erp.Partners;
using Patron.Shared;

namespace Patron.CommandLine.Sync;

/// <summary><c>patron sync settle</c>: records the decision of staff about a partner in conflict.</summary>
internal static class SyncSettleCommand
{
    public static Command Build()
    {
        var partner = new Argument<string>(
            "partner") { Description = "The ERP's key of the partner, as 'patron sync conflicts' lists it." };
        var settlement = new Argument<Settlement>("decision")
        {
            Description =
                "keep: one more partner of the same customer. take: the customer is this partner's from now on. ignore: it is nobody's. merge: its customer and whoever has its address since it is gone become one record.",
            HelpName = "keep|take|ignore|merge",
        };
        var command = new Command("settle", "Decide about a partner that waits for staff.") { partner, settlement };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], async (line, context, cancellationToken) =>
        {
            var settled = await context.Get<SettlePartner>()
                .HandleAsync(context.Caller, line.GetRequiredValue(partner), line.GetValue(settlement), cancellationToken);
            return settled.Print(view => line.GetValue(settlement) switch
            {
                Settlement.Keep => $"Partner {view.Partner.PartnerId} is one more partner of {view.Customer?.CustomerId}.",
                Settlement.Take =>
                    $"{view.Customer?.CustomerId} is the customer of partner {view.Partner.PartnerId}; the next run brings its values.",
                Settlement.Merge => $"{view.Customer?.CustomerId} is the one record of both.",
                _ when view.Partner.State == PartnerState.Gone => $"Partner {view.Partner.PartnerId} is gone, and waits for nobody.",
                _ => $"Partner {view.Partner.PartnerId} is skipped from now on.",
            });
        });
        return command;
    }
}
