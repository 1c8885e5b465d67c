using System.CommandLine;
using Patron.Accounts.Organizations;
using Patron.Shared;
using Patron.Shared.Callers;

namespace Patron.CommandLine;

/// <summary><c>patron member</c>: adds members to an organization immediately, without an invitation.</summary>
internal static class MemberCommand
{
    public static Command Build()
    {
        var login = new Argument<string>("account") { Description = "E-mail or user name of somebody who has an account." };
        var membership = new Option<OrganizationRole>("--as")
        {
            Description = "What they are; a vendor is an owner.",
            HelpName = "vendor|employee|customer",
            DefaultValueFactory = _ => OrganizationRole.Employee,
        };
        var organization = new Option<string?>("--organization")
        {
            Description = "Number or UUID. [default: the home organization]",
            HelpName = "ID",
        };
        var add = new Command(
            "add", "Make somebody a member, or change what they are.") { login, membership.AcceptNamesOnly(), organization };
        add.RunsOn(new CommonOptions(add), [ProcessRole.All, ProcessRole.Accounts], async (line, context, cancellationToken) =>
        {
            var acting = await ActingOrganization.ResolveAsync(
                context.Caller, line.GetValue(organization), context.Settings.Home.Id, context.Get<ICallerSource>(), cancellationToken);
            if (!acting.Succeeded(out var caller, out _))
            {
                return CommandOutput.Fail("There is no organization with this number or UUID.");
            }

            var result = await context.Get<AddMember>()
                .HandleAsync(caller, line.GetRequiredValue(login), line.GetValue(membership), cancellationToken);
            return result.Print(user => $"{user.Email} is {line.GetValue(membership).ToString().ToLowerInvariant()} now.");
        });
        return new Command("member", "The people of an organization.") { add };
    }
}
