using System.CommandLine;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary>
/// <c>patron token</c>: prints an access token for an account, for scripts and first steps. It starts a session like a sign-in.
/// </summary>
internal static class TokenCommand
{
    public static Command Build()
    {
        var login = new Argument<string>("account") { Description = "Email or username." };
        var command = new Command(
            "token", "Print an access token for an account, valid for 10 minutes. It's listed among the account's sessions.") { login };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All, ProcessRole.Accounts], async (line, context, cancellationToken) =>
        {
            var result = await context.Get<SignInAs>().HandleAsync(context.Caller, line.GetRequiredValue(login), cancellationToken);
            return result.Print(signedIn => signedIn.Tokens.Access);
        });
        return command;
    }
}
