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
            "Count all customers anew and correct the statistics where they are wrong, as servers do once a day. Then make the E.164 form of all "
            + "phones anew, which a new Home:Region needs. Nobody has to wait for either.");
        command.RunsOn(new CommonOptions(command), [ProcessRole.All, ProcessRole.Customers], async (_, context, cancellationToken) =>
        {
            if (await context.Get<Counters>().RecountAsync(cancellationToken) is not { } wrong)
            {
                return CommandOutput.Fail("Another process is counting at this moment; please try again when it is done.");
            }

            Console.WriteLine(wrong switch
            {
                0 => "The statistics were right.",
                1 => "1 counter was wrong and has been corrected; please report it.",
                _ => $"{wrong} counters were wrong and have been corrected; please report it.",
            });
            Console.WriteLine(await context.Get<RefreshPhoneNumbers>().HandleAsync(cancellationToken) switch
            {
                0 => "The E.164 form of all phones is up to date.",
                1 => "1 phone has another E.164 form now.",
                var changed => $"{changed} phones have another E.164 form now.",
            });
            return 0;
        });
        return command;
    }
}
