using System.CommandLine;
using Patron.Customers.Sync;
using Patron.Shared;

namespace Patron.CommandLine.Sync;

/// <summary><c>patron sync settle</c>: what staff say of a partner in conflict.</summary>
internal static class SyncSettleCommand
{
    public static Command Build()
    {
        var partner = new Argument<long>("partner") { Description = "Odoo's number of the partner, as 'patron sync conflicts' lists it." };
        var settlement = new Argument<Settlement>("decision") { Description = "keep: one more partner of the same customer. take: the customer is this partner's from now on. ignore: it is nobody's.", HelpName = "keep|take|ignore" };
        var command = new Command("settle", "Decide about a partner that is in conflict.") { partner, settlement };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], async (line, context, cancellation) =>
        {
            var settled = await context.Get<SettlePartner>().HandleAsync(context.Caller, line.GetValue(partner), line.GetValue(settlement), cancellation);
            return settled.Print(view => line.GetValue(settlement) switch
            {
                Settlement.Keep => $"Partner {view.Partner.PartnerId} is one more partner of {view.Customer?.CustomerId}.",
                Settlement.Take => $"{view.Customer?.CustomerId} is the customer of partner {view.Partner.PartnerId}; the next run brings its values.",
                _ => $"Partner {view.Partner.PartnerId} is skipped from now on.",
            });
        });
        return command;
    }
}
