using System.CommandLine;
using Patron.Customers.Import;
using Patron.Shared;

namespace Patron.CommandLine.Imports;

/// <summary><c>patron import customers</c>: imports customer records from CSV into the home organization.</summary>
internal static class ImportCustomersCommand
{
    public static Command Build()
    {
        var command = new Command(
            "customers",
            "Enter customers from CSV into the home organization; the first line names the columns as the API names the fields. Everything is one transaction: a failure leaves nothing.");
        var options = new ImportOptions(command, "A CSV file (UTF-8); - is standard input.");
        command.RunsOn(new CommonOptions(command), [ProcessRole.All, ProcessRole.Customers], async (line, context, cancellationToken) =>
        {
            await using var source = options.Open(line);
            await using var report = options.CreateReport(line, source);
            return await report.RunAsync(allOrNothing: true, () => context.Get<ImportCustomers>().HandleAsync(
                context.Caller, CustomerCsv.ReadAsync(source, report.WarnOfUnknown, cancellationToken), options.IsStrict(line), report.Add,
                cancellationToken));
        });
        return command;
    }
}
