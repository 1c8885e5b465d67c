using System.CommandLine;
using System.Globalization;
using Patron.Customers.Erp;
using Patron.Hosting;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary>An open change request as <c>--json</c> prints it; a null value empties the field.</summary>
internal sealed record RequestLine(
    long Id, string CustomerId, string? CustomerName, string Field, string? Value, DateTimeOffset RequestedAt);

internal sealed record RequestList(IReadOnlyList<RequestLine> Requests);

/// <summary><c>patron requests</c>: the change requests of customers for fields that the ERP owns.</summary>
internal static class RequestsCommand
{
    public static Command Build() => new("requests", "Review changes that customers request to fields the ERP owns.")
    {
        List(),
        Answer("done", "Mark requests as done, after you've changed the value in the ERP.", isDone: true),
        Answer("decline", "Decline requests. The old value stays.", isDone: false),
    };

    private static Command List()
    {
        var command = new Command("list", "List open requests, oldest first.") { JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], async (line, context, cancellationToken) =>
        {
            var requests = await ReadAsync(context, cancellationToken);
            if (line.GetValue(JsonOutput.Option))
            {
                JsonOutput.Print(new RequestList(requests));
                return 0;
            }

            CommandOutput.PrintTable(
                ["ID", "SINCE", "CUSTOMER", "NAME", "FIELD", "NEW VALUE"],
                requests.Select(request => new[]
                {
                    request.Id.ToString(CultureInfo.InvariantCulture), $"{request.RequestedAt.UtcDateTime:yyyy-MM-dd}",
                    request.CustomerId, request.CustomerName, request.Field, request.Value ?? "(empty)",
                }));
            Console.WriteLine($"{CommandOutput.Count(requests.Count, "open request")}.");
            return 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<RequestLine>> ReadAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var requests = new List<RequestLine>();
        while (true)
        {
            var page = (await context.Get<AnswerChangeRequest>().ListAsync(
                context.Caller, requests.LastOrDefault()?.Id ?? 0, AnswerChangeRequest.MaxLimit, cancellationToken)).Value;
            requests.AddRange(page.Select(view => new RequestLine(
                view.Request.Id, view.Customer.CustomerId, view.Customer.FullName, view.Request.Field, view.Request.Value, view.Request.AskedAt)));
            if (page.Count < AnswerChangeRequest.MaxLimit)
            {
                return requests;
            }
        }
    }

    private static Command Answer(string name, string description, bool isDone)
    {
        // Texts, because the library would report a word that is no number as one too many.
        var ids = new Argument<string[]>("id") { Description = "IDs as 'patron requests list' shows them.", Arity = ArgumentArity.OneOrMore };
        ids.Validators.Add(result =>
        {
            foreach (var problem in result.Tokens.Select(token => SettingValues.Problem("ID", token.Value, typeof(long))).OfType<string>())
            {
                result.AddError(problem);
            }
        });
        var command = new Command(name, description) { ids };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], async (line, context, cancellationToken) =>
        {
            var failed = 0;
            var requested = Array.ConvertAll(line.GetRequiredValue(ids), id => long.Parse(id, CultureInfo.InvariantCulture));
            foreach (var id in requested)
            {
                var result = await context.Get<AnswerChangeRequest>().HandleAsync(context.Caller, id, isDone, cancellationToken);
                if (result.Succeeded(out var view, out _))
                {
                    Console.WriteLine(
                        $"Request {id} is {(isDone ? "done" : "declined")}: {view.Request.Field} of {view.Customer.CustomerId}.");
                }
                else
                {
                    failed++;
                    CommandOutput.Fail($"No open request {id}.");
                }
            }

            return CommandOutput.StatusOf(requested.Length - failed, failed);
        });
        return command;
    }
}
