using System.CommandLine;
using Patron.Accounts.Activation;
using Patron.Linking.Activation;
using Patron.Shared;
using Patron.Shared.Text;

namespace Patron.CommandLine;

/// <summary>An invitation as <c>--json</c> prints it.</summary>
internal sealed record InvitedPerson(
    string? AccountNumber, string? Name, string? Email, string State, DateTime InvitedAt, int Mails, DateTime? LastMailedAt,
    DateTime? NextMailAt, DateTime? CameAt, DateTime? RefusedAt, string? Refusal);

internal sealed record InvitationList(IReadOnlyList<InvitedPerson> Invitations);

/// <summary><c>patron invitations</c>: sends invitations and lists them with their state.</summary>
internal static class InvitationsCommand
{
    private const int PageSize = 500;

    public static Command Build() => new("invitations", "Invite customers to set up their password, and list invitations.")
    {
        List(),
        InviteCommand.Build("send"),
    };

    private static Command List()
    {
        var state = NameOptions.Create<ActivationInvitationState>("--state", "List invitations in this state. [default: all]");
        var command = new Command("list", "List invitations, oldest first.") { state, JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], async (line, context, cancellationToken) =>
        {
            var people = await ReadAsync(context, line.GetValue(state), cancellationToken);
            if (line.GetValue(JsonOutput.Option))
            {
                JsonOutput.Print(new InvitationList(people));
                return 0;
            }

            CommandOutput.PrintTable(
                ["CUSTOMER", "STATE", "MAILS", "LAST MAIL", "NAME", "EMAIL", "REFUSED"],
                people.Select(person => new[]
                {
                    person.AccountNumber ?? "(erased)", person.State, CommandOutput.Number(person.Mails),
                    person.LastMailedAt?.ToString("yyyy-MM-dd") ?? "-", person.Name, person.Email,
                    person.Refusal,
                }));
            Console.WriteLine($"{CommandOutput.Count(people.Count, "invitation")}.");
            return 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<InvitedPerson>> ReadAsync(
        CommandContext context, ActivationInvitationState? state, CancellationToken cancellationToken)
    {
        var people = new List<InvitedPerson>();
        for (var page = 1; ; page++)
        {
            var (rows, total) =
                (await context.Get<ListInvitations>().HandleAsync(context.Caller, state, page, PageSize, cancellationToken)).Value;
            people.AddRange(rows.Select(ToPerson));
            if (rows.Count == 0 || people.Count >= total)
            {
                return people;
            }
        }
    }

    private static InvitedPerson ToPerson(InvitationView view)
    {
        var (invitation, customer) = (view.Invitation, view.Customer);
        return new InvitedPerson(
            customer?.AccountNumber, customer?.FullName, customer?.Email, EnumNames<ActivationInvitationState>.Of(view.State),
            invitation.InvitedAt.UtcDateTime, invitation.Mails, invitation.LastMailedAt?.UtcDateTime, invitation.DueAt?.UtcDateTime,
            invitation.CameAt?.UtcDateTime, view.Refusal?.At.UtcDateTime, view.Refusal?.Reason);
    }
}
