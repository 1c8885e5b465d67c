using System.CommandLine;

namespace Patron.CommandLine.Jobs;

/// <summary><c>patron jobs</c>: one change of many customers of the home organization, with preview, confirmation and undo.</summary>
internal static class JobsCommand
{
    public static Command Build() => new("jobs", "Change many customers at once: preview, confirm, undo.")
    {
        JobListCommands.List(),
        JobListCommands.Show(),
        JobListCommands.Rows(),
        JobCreateCommand.Build(),
        JobWorkCommands.Confirm(),
        JobWorkCommands.Cancel(),
        JobWorkCommands.Undo(),
    };

    /// <summary>The number of a job.</summary>
    public static Argument<long> Id() => new("job") { Description = "Number as 'patron jobs list' shows it." };
}
