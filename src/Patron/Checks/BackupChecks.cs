using System.Globalization;
using Npgsql;
using Patron.Backups;
using Patron.CommandLine;
using Patron.Shared.Checks;

namespace Patron.Checks;

/// <summary>What <c>patron doctor</c> and the console say of backups: the last one, the WAL since, and the last proof.</summary>
internal static class BackupChecks
{
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(
        ReadBackupState backups, NpgsqlDataSource source, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (await backups.HandleAsync(connection, cancellationToken) is not { } state)
        {
            return
            [
                new CheckResult(
                    "backup", true, "Backup:Folder isn't set, so Patron takes no backups. Make sure that something else does."),
            ];
        }

        if (state.Newest is not { } newest)
        {
            return [new CheckResult("backup", false, "There's no backup yet. A running server takes the first one at once.")];
        }

        var age = Age(time.GetUtcNow() - newest.Manifest.TakenAt);
        return
        [
            state.IsLate
                ? new CheckResult("backup", false, $"the last one was taken {age} ago, and later ones failed. The log says why.")
                : new CheckResult("backup", true, $"the last one was taken {age} ago"),
            .. newest.Manifest.Kind == BackupKind.Base ? [CheckWal(state)] : Array.Empty<CheckResult>(),
            CheckProof(state.Proof, time),
        ];
    }

    private static CheckResult CheckWal(BackupState state) => (state.WalDelay, state.IsWalLate) switch
    {
        (null, _) => new CheckResult(
            "backup wal", false, "WAL isn't being received, so changes since the last backup would be lost. A running server receives it."),
        ({ } delay, true) => new CheckResult("backup wal", false, $"the changes of the last {Age(delay)} haven't reached the backup folder. Is its disk slow or full?"),
        ({ } delay, false) => new CheckResult(
            "backup wal", true, string.Create(CultureInfo.InvariantCulture, $"received, {delay.TotalSeconds:0.0} seconds behind")),
    };

    private static CheckResult CheckProof(BackupProof? proof, TimeProvider time) => proof switch
    {
        null => new CheckResult("backup proof", true, "no backup was restored for a test yet. Run 'patron backup --prove' now and then."),
        { Succeeded: true } => new CheckResult("backup proof", true, $"{proof.Backup} was restored for a test {Age(time.GetUtcNow() - proof.At)} ago"),
        _ => new CheckResult("backup proof", false, $"{proof.Backup} could NOT be restored. {proof.Message}"),
    };

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => CommandOutput.Count((long)age.TotalDays, "day"),
        { TotalHours: >= 2 } => CommandOutput.Count((long)age.TotalHours, "hour"),
        { TotalMinutes: >= 2 } => CommandOutput.Count((long)age.TotalMinutes, "minute"),
        _ => CommandOutput.Count((long)Math.Max(age.TotalSeconds, 0), "second"),
    };
}
