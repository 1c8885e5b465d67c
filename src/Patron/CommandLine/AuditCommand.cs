using System.CommandLine;
using Patron.Linking.AuditSearch;
using Patron.Shared;
using Patron.Shared.Secrets;

namespace Patron.CommandLine;

/// <summary>An audit entry as <c>--json</c> prints it.</summary>
internal sealed record AuditLine(
    DateTimeOffset At, string Action, string SubjectType, Guid SubjectId, Guid? OrganizationId, Guid? ActorId, string? ActorName,
    string? Cause, string? Address, string? Before, string? After)
{
    public static AuditLine From(AuditRow row) => new(
        row.At, row.Action, row.SubjectType, row.SubjectId, row.OrganizationId, row.Actor.Id, row.Actor.Name, row.Cause, row.Address,
        row.Before, row.After);
}

internal sealed record AuditList(IReadOnlyList<AuditLine> Entries);

/// <summary><c>patron audit</c>: searches the audit log, and writes what it finds to a CSV file.</summary>
internal static class AuditCommand
{
    private static readonly Option<DateTimeOffset?> From = new("--from")
    {
        Description = "Only entries from this time on.", HelpName = "time",
    };

    private static readonly Option<DateTimeOffset?> To = new("--to") { Description = "Only entries before this time.", HelpName = "time" };
    private static readonly Option<string?> Action = new("--action") { Description = "The beginning of the action, such as customer." };
    private static readonly Option<string?> Subject = new("--subject")
    {
        Description = "A customer, or the UUID of anything.", HelpName = "id",
    };

    private static readonly Option<Guid?> Actor = new("--actor") { Description = "The account or API key that did it.", HelpName = "uuid" };
    private static readonly Option<string?> Cause = new("--cause") { Description = "What it was a part of, such as job:42." };
    private static readonly Option<bool> Everywhere = new("--everywhere") { Description = "All organizations, and sign-ins." };
    private static readonly Option<string?> Export = new("--export")
    {
        Description = "CSV file to write all entries to, or - for standard output. Only you can read it.", HelpName = "file",
    };

    public static Command Build()
    {
        var command = new Command("audit", "Search the audit log: who changed what, and when. Shows the latest entries, or exports all.")
        {
            From, To, Action, Subject, Actor, Cause, Everywhere, Export, JsonOutput.Option,
        };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], (line, context, cancellationToken) =>
            line.GetValue(Export) is { } path
                ? ExportAsync(line, context, path, cancellationToken)
                : ListAsync(line, context, cancellationToken));
        return command;
    }

    private static AuditQuery QueryOf(ParseResult line) => new()
    {
        From = line.GetValue(From), To = line.GetValue(To), Action = line.GetValue(Action), Subject = line.GetValue(Subject),
        Actor = line.GetValue(Actor), Cause = line.GetValue(Cause), IsEverywhere = line.GetValue(Everywhere),
    };

    private static async Task<int> ListAsync(ParseResult line, CommandContext context, CancellationToken cancellationToken)
    {
        var found = await context.Get<SearchAudit>().HandleAsync(context.Caller, QueryOf(line), cancellationToken);
        if (!found.Succeeded(out var page, out var refused))
        {
            return JsonOutput.Fail(line.GetValue(JsonOutput.Option), refused.Sentence);
        }

        if (line.GetValue(JsonOutput.Option))
        {
            JsonOutput.Print(new AuditList([.. page.Rows.Select(AuditLine.From)]));
            return 0;
        }

        CommandOutput.PrintTable(
            ["TIME", "ACTION", "SUBJECT", "BY", "CAUSE", "FIELDS"],
            page.Rows.Select(row => new[]
            {
                $"{row.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}", row.Action, row.SubjectId.ToString(),
                row.Actor.Name ?? row.Actor.Kind.ToString(), row.Cause ?? "", string.Join(", ", row.Changes.Select(change => change.Field)),
            }));
        var isAll = page.Next is null ? "" : " There are earlier ones: narrow the search with --to, or use --export.";
        Console.WriteLine($"{CommandOutput.Count(page.Rows.Count, "audit record")}.{isAll}");
        return 0;
    }

    private static async Task<int> ExportAsync(ParseResult line, CommandContext context, string path, CancellationToken cancellationToken)
    {
        var export = await context.Get<ExportAudit>().HandleAsync(context.Caller, QueryOf(line), cancellationToken);
        if (!export.Succeeded(out var write, out var refused))
        {
            return CommandOutput.Fail(refused.Sentence);
        }

        try
        {
            await using var stream = path == "-"
                ? Console.OpenStandardOutput()
                : new FileStream(
                    path, new FileStreamOptions
                    {
                        Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyPermissions.File,
                    });
            var written = await write(stream, cancellationToken);
            var target = path == "-" ? "standard output" : path;
            Console.Error.WriteLine($"{CommandOutput.Count(written, "audit record")} written to {target}.");
            return 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return CommandOutput.Fail($"{path} can't be written: {failure.Message}");
        }
    }
}
