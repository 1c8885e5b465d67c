using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Shared.Checks;

/// <summary>The result of one check. The text of a failed check says what to do.</summary>
public sealed record CheckResult(string Subject, bool IsGood, string Message);

/// <summary>A check that the host registers. It changes nothing, and returns no result where there is nothing to say.</summary>
public sealed record InstallationCheck(string Subject, Func<CancellationToken, Task<IReadOnlyList<CheckResult>>> RunAsync);

/// <summary>The program that runs: its version, its role and since when.</summary>
public sealed record RunningProgram(string Version, ProcessRole Role, DateTimeOffset StartedAt);

/// <summary>The program and the results of all checks, failed ones first.</summary>
public sealed record InstallationReport(RunningProgram Program, IReadOnlyList<CheckResult> Checks)
{
    public bool IsGood => Checks.All(check => check.IsGood);
}

/// <summary>
/// Runs all checks of this installation at once, for administrators (403 for others). A check without an answer within a second is reported
/// as such, so the report takes little longer than that, whatever the database, the mail server and the ERP do.
/// </summary>
public sealed class CheckInstallation(IEnumerable<InstallationCheck> checks, RunningProgram program)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static readonly Error AdminsOnly = Error.Forbidden("admin_required", "Only an administrator can check the installation.");

    public async Task<Result<InstallationReport>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return AdminsOnly;
        }

        var results = await Task.WhenAll(checks.Select(check => RunAsync(check, cancellationToken)));
        return new InstallationReport(program, [.. results.SelectMany(found => found).OrderBy(result => result.IsGood)]);
    }

    // WaitAsync, because not everything that waits for another machine ends with the token.
    private static async Task<IReadOnlyList<CheckResult>> RunAsync(InstallationCheck check, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await check.RunAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception failure) when (DatabaseFailure.IsTemporary(failure))
        {
            return [new CheckResult(check.Subject, false, "The database is unavailable.")];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [new CheckResult(check.Subject, false, "There was no answer within a second. Try again, or run 'patron doctor'.")];
        }
    }
}
