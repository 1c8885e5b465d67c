using System.CommandLine;
using Patron.Accounts.Users;
using Patron.Shared;
using Patron.Shared.Results;

namespace Patron.CommandLine.Imports;

/// <summary><c>patron import users</c>: imports accounts with the password hashes of Django, Laravel, Odoo or ASP.NET Identity.</summary>
internal static class ImportUsersCommand
{
    public static Command Build()
    {
        var command = new Command(
            "users",
            "Import accounts with their password hashes from Django, Laravel, Odoo or ASP.NET Identity. No mails are sent. Existing accounts are rejected.");
        var options = new ImportOptions(command, "File with one JSON object per line, or - for standard input.");
        command.RunsOn(new CommonOptions(command), [ProcessRole.All, ProcessRole.Accounts], async (line, context, cancellationToken) =>
        {
            await using var source = options.Open(line);
            await using var report = options.CreateReport(line, source);
            return await report.RunAsync(options.IsStrict(line), () => context.Get<ImportUsers>().HandleAsync(
                context.Caller, JsonLines.ReadAsync(source, fields => Read(fields, report), cancellationToken), options.IsStrict(line),
                report.Add, cancellationToken));
        });
        return command;
    }

    private static Result<ImportedAccount> Read(JsonFields fields, ImportReport report)
    {
        var email = fields.Text("email");
        var names = new PersonNames(
            fields.Text("first_name") ?? "", fields.Text("last_name") ?? "", fields.Text("phone"), fields.Text("username"));
        var account = new ImportedAccount(email, names)
        {
            PasswordHash = fields.Text("password"),
            EmailVerified = fields.Flag("email_verified", defaultValue: false),
            IsActive = fields.Flag("is_active", defaultValue: true),
            Since = fields.Time("created_at") ?? fields.Time("date_joined"),
        };
        report.WarnOfUnknown(fields.Unknown);
        return fields.Error is { } error ? error : account;
    }
}
