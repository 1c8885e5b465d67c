using System.CommandLine;
using Patron.Customers.Statistics;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary><c>patron recount</c>: proves the counters behind statistics and totals, as servers do once a day.</summary>
internal static class RecountCommand
{
    public static Command Build()
    {
        var command = new Command("recount", "Count all customers anew and correct the statistics where they are wrong. Servers do so once a day; nobody has to wait for it.");
        command.RunsOn(new CommonOptions(command), [ProcessRole.All, ProcessRole.Customers], async (_, context, cancellation) =>
        {
            if (await context.Get<Counters>().RecountAsync(cancellation) is not { } wrong)
            {
                return Running.Fail("Another process is counting at this moment; please try again when it is done.");
            }

            Console.WriteLine(wrong switch
            {
                0 => "The statistics were right.",
                1 => "1 counter was wrong and has been corrected; please report it.",
                _ => $"{wrong} counters were wrong and have been corrected; please report it.",
            });
            return 0;
        });
        return command;
    }
}
