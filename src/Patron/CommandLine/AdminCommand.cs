using System.CommandLine;
using Patron.Accounts.Users;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary><c>patron admin</c>: creates administrators and disables or enables accounts.</summary>
internal static class AdminCommand
{
    private static readonly ProcessRole[] Roles = [ProcessRole.All, ProcessRole.Accounts];

    public static Command Build() => new("admin", "Create administrators, and disable or enable accounts.")
    {
        Create(),
        Switch("disable", "Disable an account and end its sessions.", enabled: false),
        Switch("enable", "Enable an account again.", enabled: true),
    };

    private static Command Create()
    {
        var email = new Argument<string>("email") { Description = "Email of the new administrator." };
        var first = new Option<string>("--first-name") { Description = "First name.", DefaultValueFactory = _ => "Patron" };
        var last = new Option<string>("--last-name") { Description = "Last name.", DefaultValueFactory = _ => "Administrator" };
        var command = new Command(
            "create",
            "Create an administrator. The password is read from standard input.") { email, first, last };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var account = new NewAccount(
                line.GetRequiredValue(email), new PersonNames(line.GetRequiredValue(first), line.GetRequiredValue(last), null, null),
                ReadPassword());
            var result = await context.Get<CreateAdmin>().HandleAsync(context.Caller, account, cancellationToken);
            return result.Print(user => $"{user.Email} is now an administrator.");
        });
        return command;
    }

    private static Command Switch(string name, string description, bool enabled)
    {
        var login = new Argument<string>("account") { Description = "Email or username." };
        var command = new Command(name, description) { login };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var result = await context.Get<SetAccountEnabled>()
                .HandleAsync(context.Caller, line.GetRequiredValue(login), enabled, cancellationToken);
            return result.Print(user => $"{user.Email} can {(enabled ? "sign in again" : "no longer sign in")}.");
        });
        return command;
    }

    private static string ReadPassword()
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() ?? "";
        }

        Console.Error.Write("Password: ");
        var typed = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            _ = key.Key == ConsoleKey.Backspace && typed.Length > 0 ? typed.Remove(typed.Length - 1, 1) : typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
