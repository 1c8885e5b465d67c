using System.CommandLine;
using Patron.Customers.Customers;
using Patron.Customers.Statistics;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary>
/// <c>patron recount</c>: recounts the counters behind statistics and totals, as servers do once a day, and derives the E.164 form of all
/// phones again.
/// </summary>
internal static class RecountCommand
{
    public static Command Build()
    {
        var command = new Command(
            "recount",
            "Recount all customers and correct the statistics, as servers do once a day. Then update the E.164 form of all phone numbers, which a new Home:Region requires. Servers can keep running.");
        command.RunsOn(new CommonOptions(command), [ProcessRole.All, ProcessRole.Customers], async (_, context, cancellationToken) =>
        {
            if (await context.Get<Counters>().RecountAsync(cancellationToken) is not { } wrong)
            {
                return CommandOutput.Fail("Another process is counting right now. Please try again later.");
            }

            Console.WriteLine(wrong switch
            {
                0 => "The statistics were correct.",
                1 => "Corrected 1 counter. Please report this.",
                _ => $"Corrected {CommandOutput.Number(wrong)} counters. Please report this.",
            });
            Console.WriteLine(await context.Get<RefreshPhoneNumbers>().HandleAsync(cancellationToken) switch
            {
                0 => "The E.164 form of all phone numbers is up to date.",
                var changed => $"Updated the E.164 form of {CommandOutput.Count(changed, "phone number")}.",
            });
            return 0;
        });
        return command;
    }
}
