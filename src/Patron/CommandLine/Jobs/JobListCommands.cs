using System.CommandLine;
using System.Globalization;
using Patron.Customers.Jobs;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.CommandLine.Jobs;

/// <summary><c>patron jobs list</c>, <c>show</c> and <c>rows</c>.</summary>
internal static class JobListCommands
{
    private const int PageSize = 1000;
    private static readonly ProcessRole[] Roles = [ProcessRole.All, ProcessRole.Customers];

    public static Command List()
    {
        var state = NameOptions.Create<JobState>("--state", "List jobs in this state. [default: all]");
        var command = new Command("list", "List jobs, newest first.") { state, JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var jobs = await ReadAsync<Job>((cursor, limit) => context.Get<ListJobs>().HandleAsync(
                context.Caller, line.GetValue(state), kind: null, cursor, limit, cancellationToken));
            if (line.GetValue(JsonOutput.Option))
            {
                JsonOutput.Print(new JobList([.. jobs.Value.Select(JobSummary.From)]));
                return 0;
            }

            CommandOutput.PrintTable(
                ["JOB", "KIND", "STATE", "CREATED", "CUSTOMERS", "CHANGED", "UNDONE"],
                jobs.Value.Select(job => new[]
                {
                    job.Id.ToString(CultureInfo.InvariantCulture), EnumNames<JobKind>.Of(job.Kind), EnumNames<JobState>.Of(job.State),
                    $"{job.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm}", CommandOutput.Number(job.Rows.Total),
                    CommandOutput.Number(job.Rows.Changed), CommandOutput.Number(job.Rows.Undone),
                }));
            Console.WriteLine($"{CommandOutput.Count(jobs.Value.Count, "job")}.");
            return 0;
        });
        return command;
    }

    public static Command Show()
    {
        var id = JobsCommand.Id();
        var command = new Command("show", "Show a job.") { id, JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) => JobWork.Print(
            await context.Get<ListJobs>().FindAsync(context.Caller, line.GetValue(id), cancellationToken),
            line.GetValue(JsonOutput.Option)));
        return command;
    }

    public static Command Rows()
    {
        var id = JobsCommand.Id();
        var state = NameOptions.Create<JobRowState>("--state", "List customers in this state. [default: all]");
        var command = new Command("rows", "List the customers of a job, with the reasons.") { id, state, JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) =>
        {
            var found = await ReadAsync<JobRow>((cursor, limit) => context.Get<ListJobs>().ListRowsAsync(
                context.Caller, line.GetValue(id), line.GetValue(state), cursor, limit, cancellationToken));
            if (!found.Succeeded(out var rows, out var error))
            {
                return JsonOutput.Fail(line.GetValue(JsonOutput.Option), error.Sentence);
            }

            if (line.GetValue(JsonOutput.Option))
            {
                JsonOutput.Print(new JobRowList([.. rows.Select(JobRowSummary.From)]));
                return 0;
            }

            CommandOutput.PrintTable(
                ["CUSTOMER", "STATE", "REASON", "FIELDS"],
                rows.Select(row => new[]
                {
                    row.CustomerId ?? "(gone)", EnumNames<JobRowState>.Of(row.State), row.Reason, string.Join(", ", row.Fields),
                }));
            Console.WriteLine($"{CommandOutput.Count(rows.Count, "customer")}.");
            return 0;
        });
        return command;
    }

    private static async Task<Result<List<T>>> ReadAsync<T>(Func<long?, int, Task<Result<JobPage<T>>>> read)
    {
        var all = new List<T>();
        long? cursor = null;
        do
        {
            if (!(await read(cursor, PageSize)).Succeeded(out var page, out var error))
            {
                return error;
            }

            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }
}
