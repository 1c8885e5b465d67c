using System.CommandLine;
using Patron.Linking;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary>An account that could not be linked, by its number, and the reason.</summary>
internal sealed record LinkFailure(string Account, string Reason);

/// <summary>The result of linking, as <c>--json</c> prints it. It contains only the first failures.</summary>
internal sealed record LinkSummary(
    long Accounts, long HadCustomer, long Linked, long Created, long Failed, IReadOnlyList<LinkFailure> Failures, bool DryRun);

/// <summary><c>patron link</c>: links accounts without a customer record to one (source 1, 'Migration for Existing Users').</summary>
internal static class LinkCommand
{
    private const int MaxFailures = 100;

    public static Command Build()
    {
        var login = new Argument<string?>(
            "account") { Description = "Email or username of one account.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all")
        {
            Description = "Link all customer members of the home organization. You can stop this and run it again.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "With --all: show what would happen without changing anything." };
        var command = new Command(
            "link",
            "Link accounts to their customer record in the home organization. An account without one gets a new record.") { login,
            all, dryRun, JsonOutput.Option };
        command.Validators.Add(result =>
        {
            if (result.GetValue(login) is null != result.GetValue(all))
            {
                result.AddError("Name one ACCOUNT, or use --all.");
            }
        });
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], (line, context, cancellationToken) => line.GetValue(all)
            ? LinkAllAsync(context, line.GetValue(dryRun), line.GetValue(JsonOutput.Option), cancellationToken)
            : LinkOneAsync(context, line.GetValue(login)!, cancellationToken));
        return command;
    }

    private static async Task<int> LinkOneAsync(CommandContext context, string login, CancellationToken cancellationToken)
    {
        var result = await context.Get<CreateCustomerForUser>().HandleAsync(context.Caller, login, cancellationToken);
        return result.Print(
            ensured =>
                $"{ensured.Customer.CustomerId} is{(ensured.IsNew ? " now" : " already")} the customer record of {login}.");
    }

    private static async Task<int> LinkAllAsync(CommandContext context, bool dryRun, bool json, CancellationToken cancellationToken)
    {
        var total = 0L;
        var done = 0L;
        var progress = new WorkProgress("linking", () => total == 0 ? 1 : (double)done / total);
        var linked = await progress.ShowAsync(() => context.Get<LinkAccounts>().HandleAsync(
            context.Caller,
            dryRun,
            current =>
            {
                (total, done) = (current.Total, current.Accounts);
                progress.Report(done, () => Summarize(current, dryRun));
            },
            cancellationToken));
        if (json)
        {
            var failures = linked.Failed.Take(MaxFailures).Select(failed => new LinkFailure(failed.Account, failed.Reason)).ToList();
            JsonOutput.Print(
                new LinkSummary(linked.Accounts, linked.Had, linked.Linked, linked.Created, linked.Failed.Count, failures, dryRun));
        }
        else
        {
            Console.WriteLine(Summarize(linked, dryRun));
            foreach (var (account, reason) in linked.Failed.Take(MaxFailures))
            {
                await Console.Error.WriteLineAsync($"account {account}: {reason}");
            }
        }

        return linked.Failed.Count == 0
            ? 0
            : CommandOutput.Fail($"{CommandOutput.Count(linked.Failed.Count, "account")} couldn't be linked.");
    }

    private static string Summarize(LinkedAccounts linked, bool dryRun) =>
        $"{CommandOutput.Count(linked.Accounts, "account")}: {CommandOutput.Number(linked.Had)} had a customer record, "
        + $"{CommandOutput.Number(linked.Linked)} {(dryRun ? "would be linked to a waiting one" : "linked to a waiting one")}, "
        + $"{CommandOutput.Number(linked.Created)} {(dryRun ? "would get a new one" : "got a new one")}";
}
