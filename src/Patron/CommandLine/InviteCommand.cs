using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Accounts.Activation;
using Patron.Linking.Activation;
using Patron.Shared;
using Patron.Shared.Text;

namespace Patron.CommandLine;

/// <summary>An invitation as <c>--list --json</c> prints it.</summary>
internal sealed record InvitedPerson(
    string? AccountNumber, string? Name, string? Email, string State, DateTime InvitedAt, int Mails, DateTime? LastMailedAt,
    DateTime? NextMailAt, DateTime? CameAt, DateTime? RefusedAt, string? Refusal);

/// <summary>The result of inviting, as <c>--json</c> prints it.</summary>
internal sealed record InviteSummary(int Invited, int AlreadyInvited, IReadOnlyList<string> NotWaiting, bool DryRun);

/// <summary>
/// <c>patron invite</c>: invites customers without an account to activate it, and lists invitations that were not used (source 4, 'Future
/// Enhancements').
/// </summary>
internal static class InviteCommand
{
    private const int PageSize = 500;

    public static Command Build()
    {
        var customers = new Option<string[]>("--customer")
        {
            Description =
                "One customer, by customer_id, account_number or uid; may be given several times. Invited again if need be. [default: everybody who was not invited before]",
            HelpName = "ID",
        };
        var limit = new Option<int?>("--limit") { Description = "Invite no more than so many.", HelpName = "N" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be done, and do nothing." };
        var list = new Option<bool>("--list") { Description = "List who was invited and never came, instead of inviting." };
        var state = new Option<string?>("--state")
        {
            Description = "With --list: those in this state instead, or all.",
            HelpName = "queued|never_came|came|withdrawn|declined|all",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command(
            "invite",
            "Invite customers of the home organization who have no account to set their first password. Servers mail them, so many an hour, and remind them.")
        {
            customers, limit, dryRun, list, state, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(list)
                ? result.GetValue(customers) is { Length: > 0 } || result.GetValue(limit) is not null || result.GetValue(dryRun)
                : result.GetValue(state) is not null)
            {
                result.AddError("--state goes with --list, and the other options without it.");
            }

            if (result.GetValue(limit) is < 1)
            {
                result.AddError("--limit is a number from 1.");
            }

            if (result.GetValue(state) is { } name and not "all" && !EnumNames<ActivationInvitationState>.TryRead(name, out _))
            {
                result.AddError($"--state: {EnumNames<ActivationInvitationState>.Rule} Or all.");
            }
        });
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], (line, context, cancellationToken) => line.GetValue(list)
            ? ListAsync(context, line.GetValue(state) ?? "never_came", line.GetValue(json), cancellationToken)
            : InviteAsync(
                context, line.GetValue(customers), line.GetValue(limit), line.GetValue(dryRun), line.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> InviteAsync(
        CommandContext context, string[]? customers, int? limit, bool dryRun, bool json, CancellationToken cancellationToken)
    {
        var result = await context.Get<InviteCustomers>()
            .HandleAsync(context.Caller, customers is { Length: > 0 } ? customers : null, limit, dryRun, cancellationToken);
        return result.Print(invited => json
            ? JsonSerializer.Serialize(
                new InviteSummary(invited.Invited, invited.AlreadyInvited, invited.NotWaiting, dryRun), InviteJson.Default.InviteSummary)
            : Summarize(invited, dryRun, context.Settings.Portal.Invitations.PerHour));
    }

    private static string Summarize(InvitedCustomers result, bool dryRun, int perHour) =>
        $"{CommandOutput.Count(result.Invited, "customer")} {(dryRun ? "would be" : result.Invited == 1 ? "is" : "are")} invited; {CommandOutput.Number(result.AlreadyInvited)} had been before."
        + (result.NotWaiting.Count == 0 ? "" : $" Nobody waits as {string.Join(", ", result.NotWaiting)}.")
        + (dryRun || result.Invited == 0 ? "" : $" The mails go while a server runs, at most {CommandOutput.Number(perHour)} an hour.");

    private static async Task<int> ListAsync(CommandContext context, string state, bool json, CancellationToken cancellationToken)
    {
        ActivationInvitationState? filter = EnumNames<ActivationInvitationState>.TryRead(state, out var read) ? read : null;
        var people = new List<InvitedPerson>();
        for (var page = 1; ; page++)
        {
            var (rows, total) =
                (await context.Get<ListInvitations>().HandleAsync(context.Caller, filter, page, PageSize, cancellationToken)).Value;
            people.AddRange(rows.Select(ToPerson));
            if (rows.Count == 0 || people.Count >= total)
            {
                break;
            }
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(people, InviteJson.Default.ListInvitedPerson));
            return 0;
        }

        foreach (var person in people)
        {
            Console.WriteLine(
                $"{person.AccountNumber ?? "(erased)",-14} {person.State,-10} {person.Mails} mails, the last {person.LastMailedAt?.ToString("yyyy-MM-dd") ?? "not yet",-10}  {person.Name} <{person.Email}>{(person.Refusal is null ? "" : $" refused: {person.Refusal}")}");
        }

        Console.WriteLine($"{CommandOutput.Count(people.Count, "invitation")}.");
        return 0;
    }

    private static InvitedPerson ToPerson(InvitationView view)
    {
        var (invitation, customer) = (view.Invitation, view.Customer);
        return new InvitedPerson(
            customer?.AccountNumber, customer?.FullName, customer?.Email, EnumNames<ActivationInvitationState>.Of(invitation.State),
            invitation.InvitedAt.UtcDateTime, invitation.Mails, invitation.LastMailedAt?.UtcDateTime, invitation.DueAt?.UtcDateTime,
            invitation.CameAt?.UtcDateTime, view.Refusal?.At.UtcDateTime, view.Refusal?.Reason);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InviteSummary))]
[JsonSerializable(typeof(List<InvitedPerson>))]
internal sealed partial class InviteJson : JsonSerializerContext;
