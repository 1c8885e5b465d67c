using System.CommandLine;
using System.Globalization;
using Patron.Linking.Activation;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary>The result of inviting, as <c>--json</c> prints it.</summary>
internal sealed record InviteSummary(int Invited, int AlreadyInvited, bool DryRun);

/// <summary>
/// <c>patron invitations send</c> and its short name <c>patron invite</c>: invites customers without an account to activate it (source 4,
/// 'Future Enhancements').
/// </summary>
internal static class InviteCommand
{
    public static Command Build(string name)
    {
        var customers = new Option<string[]>("--customer")
        {
            Description =
                "Invite this customer, by customer_id, account_number or uid, even if they were invited before. Can be repeated. [default: everyone who hasn't been invited]",
            HelpName = "ID",
        };
        var limit = new Option<int?>("--limit") { Description = "Maximum number of invitations.", HelpName = "N" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would happen without changing anything." };
        var command = new Command(
            name,
            "Invite customers without an account to set up their password. Running servers send the mails, rate-limited, with reminders.")
        {
            customers, limit, dryRun, Confirmation.Yes, JsonOutput.Option,
        };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number < 1)
            {
                result.AddError("--limit must be at least 1.");
            }
        });
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], (line, context, cancellationToken) =>
        {
            var named = line.GetValue(customers) is { Length: > 0 } names ? names : null;
            return InviteAsync(line, context, named, line.GetValue(limit), line.GetValue(dryRun), cancellationToken);
        });
        return command;
    }

    private static async Task<int> InviteAsync(
        ParseResult line, CommandContext context, string[]? customers, int? limit, bool dryRun, CancellationToken cancellationToken)
    {
        var json = line.GetValue(JsonOutput.Option);
        var invite = context.Get<InviteCustomers>();
        var counted = await invite.HandleAsync(context.Caller, customers, limit, dryRun: true, cancellationToken);
        if (!counted.Succeeded(out var planned, out var error))
        {
            return JsonOutput.Fail(json, error.Sentence);
        }

        if (planned.NotWaiting.Count > 0)
        {
            return JsonOutput.Fail(
                json,
                $"No customer {string.Join(", ", planned.NotWaiting.Select(CommandOutput.OneLine))}. You can invite active customers with an email address and without an account.");
        }

        if (dryRun)
        {
            return Print(planned, context, dryRun, json);
        }

        if (planned.Invited > 1 && !Confirmation.IsGiven(line, $"Send invitations to {CommandOutput.Count(planned.Invited, "customer")}?"))
        {
            return 1;
        }

        // Never more than were confirmed, even if customers were added meanwhile.
        var sent = await invite.HandleAsync(
            context.Caller, customers, customers is null ? planned.Invited : null, dryRun: false, cancellationToken);
        return sent.Succeeded(out var invited, out var refused) ? Print(invited, context, dryRun, json) : JsonOutput.Fail(json, refused.Sentence);
    }

    private static int Print(InvitedCustomers result, CommandContext context, bool dryRun, bool json)
    {
        if (json)
        {
            JsonOutput.Print(new InviteSummary(result.Invited, result.AlreadyInvited, dryRun));
            return 0;
        }

        Console.WriteLine(
            $"{(dryRun ? "Would invite" : "Invited")} {CommandOutput.Count(result.Invited, "customer")}. Already invited: {CommandOutput.Number(result.AlreadyInvited)}.");
        if (!dryRun && result.Invited > 0)
        {
            Console.WriteLine(
                $"A running server sends the mails, up to {CommandOutput.Number(context.Settings.Portal.Invitations.PerHour)} per hour.");
        }

        return 0;
    }
}
