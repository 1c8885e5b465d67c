using System.CommandLine;
using Patron.Customers.Jobs;
using Patron.Shared;
using Patron.Shared.Results;

namespace Patron.CommandLine.Jobs;

/// <summary><c>patron jobs confirm</c>, <c>cancel</c> and <c>undo</c>. The first and the last one wait until the work is done.</summary>
internal static class JobWorkCommands
{
    private static readonly ProcessRole[] Roles = [ProcessRole.All, ProcessRole.Customers];

    public static Command Confirm()
    {
        var id = JobsCommand.Id();
        var count = new Argument<int>("count") { Description = "How many customers the preview would change." };
        var command = new Command("confirm", "Apply a previewed job, or continue a paused one.")
        {
            id, count, Confirmation.Yes, JsonOutput.Option,
        };
        command.RunsOn(new CommonOptions(command), Roles, (line, context, cancellationToken) => WorkAsync(
            line, context, $"Job {line.GetValue(id)} changes {CommandOutput.Count(line.GetValue(count), "customer")}. Continue?",
            () => context.Get<ConfirmJob>().HandleAsync(context.Caller, line.GetValue(id), line.GetValue(count), cancellationToken),
            cancellationToken));
        return command;
    }

    public static Command Undo()
    {
        var id = JobsCommand.Id();
        var command = new Command("undo", "Take back what a job changed, as far as nobody changed it since.")
        {
            id, Confirmation.Yes, JsonOutput.Option,
        };
        command.RunsOn(new CommonOptions(command), Roles, (line, context, cancellationToken) => WorkAsync(
            line, context, $"This takes back what job {line.GetValue(id)} changed. Continue?",
            () => context.Get<UndoJob>().HandleAsync(context.Caller, line.GetValue(id), cancellationToken), cancellationToken));
        return command;
    }

    public static Command Cancel()
    {
        var id = JobsCommand.Id();
        var command = new Command("cancel", "End a job early. Customers that it has changed stay changed.") { id, JsonOutput.Option };
        command.RunsOn(new CommonOptions(command), Roles, async (line, context, cancellationToken) => JobWork.Print(
            await context.Get<CancelJob>().HandleAsync(context.Caller, line.GetValue(id), cancellationToken),
            line.GetValue(JsonOutput.Option)));
        return command;
    }

    private static async Task<int> WorkAsync(
        ParseResult line, CommandContext context, string question, Func<Task<Result<Job>>> start, CancellationToken cancellationToken)
    {
        if (!Confirmation.IsGiven(line, question))
        {
            return 1;
        }

        var started = await start();
        return JobWork.Print(
            started.Succeeded(out var job, out _) ? await JobWork.WaitAsync(context, job, cancellationToken) : started,
            line.GetValue(JsonOutput.Option));
    }
}
