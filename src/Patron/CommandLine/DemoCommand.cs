using System.CommandLine;
using Patron.Demo;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary><c>patron demo</c>: fills an empty home organization with a fictitious company.</summary>
internal static class DemoCommand
{
    public static Command Build()
    {
        var command = new Command("demo", "Fill an empty home organization with a made-up company of about 2,000 customers.");
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], async (_, context, cancellationToken) =>
        {
            var created = await DemoCompany.FillAsync(context.Services, context.Caller, cancellationToken);
            Console.WriteLine(
                created == 0 ? "The home organization already has customers. Nothing was added." : $"Added {CommandOutput.Count(created, "customer")}.");
            return 0;
        });
        return command;
    }
}
