using System.CommandLine;
using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.CommandLine;

/// <summary><c>patron member</c>: adds members to an organization immediately, without an invitation, and removes them.</summary>
internal static class MemberCommand
{
    private const string NoOrganization = "There's no organization with this number or UUID.";
    private const string NoAccount = "There's no account with this email or username.";
    private static readonly ProcessRole[] Roles = [ProcessRole.All, ProcessRole.Accounts];

    public static Command Build() => new("member", "Manage the members of an organization.") { Add(), Remove() };

    private static Command Add()
    {
        var login = Login();
        var membership = new Option<OrganizationRole>("--as")
        {
            Description = "Role of the member. Vendors are owners. [default: employee, or the role they have]",
            HelpName = "vendor|employee|customer",
        };
        var keysTo = KeysTo();
        var organization = Organization();
        var command = new Command(
            "add",
            "Add a member or change their role. An owner who loses that role also loses their open invitations and API keys.")
        {
            login, membership.AcceptNamesOnly(), keysTo, organization,
        };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var acting = await ActInAsync(context, line.GetValue(organization), cancellationToken);
            if (!acting.Succeeded(out var caller, out _))
            {
                return CommandOutput.Fail(NoOrganization);
            }

            var owner = await FindAsync(context, line.GetValue(keysTo), cancellationToken);
            if (owner is null && line.GetValue(keysTo) is not null)
            {
                return CommandOutput.Fail(NoAccount);
            }

            var role = line.GetResult(membership) is not null ? line.GetValue(membership) : (OrganizationRole?)null;
            var result = await context.Get<AddMember>()
                .HandleAsync(caller, line.GetRequiredValue(login), role, owner?.Id, cancellationToken);
            return result.Print(added => $"{added.User.Email} is now a member with the role {added.Role.ToString().ToLowerInvariant()}.");
        });
        return command;
    }

    private static Command Remove()
    {
        var login = Login();
        var keysTo = KeysTo();
        var organization = Organization();
        var command = new Command(
            "remove",
            "Remove a member, with their open invitations and offers and their API keys.") { login, keysTo, organization };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var acting = await ActInAsync(context, line.GetValue(organization), cancellationToken);
            if (!acting.Succeeded(out var caller, out _))
            {
                return CommandOutput.Fail(NoOrganization);
            }

            var member = await FindAsync(context, line.GetRequiredValue(login), cancellationToken);
            var owner = await FindAsync(context, line.GetValue(keysTo), cancellationToken);
            if (member is null || (owner is null && line.GetValue(keysTo) is not null))
            {
                return CommandOutput.Fail(NoAccount);
            }

            var result = await context.Get<RemoveMember>().HandleAsync(caller, member.Id, owner?.Id, cancellationToken);
            return result.Print(_ => $"{member.Email} is no longer a member.");
        });
        return command;
    }

    private static Argument<string> Login() => new("account") { Description = "Email or username of an account." };

    private static Option<string?> KeysTo() => new("--keys-to")
    {
        Description = "Email or username of another owner who takes over the member's API keys. [default: the keys are revoked]",
        HelpName = "ACCOUNT",
    };

    private static Option<string?> Organization() => new("--organization")
    {
        Description = "Number or UUID. [default: the home organization]",
        HelpName = "ID",
    };

    private static async Task<AccountSummary?> FindAsync(CommandContext context, string? login, CancellationToken cancellationToken) =>
        login is null ? null : await context.Get<LookUpAccounts>().FindByLoginAsync(login, cancellationToken);

    private static ValueTask<Result<Caller>> ActInAsync(
        CommandContext context, string? organization, CancellationToken cancellationToken) =>
        ActingOrganization.ResolveAsync(
            context.Caller, organization, context.Settings.Home.Id, context.Get<ICallerSource>(), cancellationToken);
}
