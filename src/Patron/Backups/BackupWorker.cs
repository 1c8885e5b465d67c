using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Secrets;

namespace Patron.Backups;

/// <summary>
/// Takes backups by schedule into <see cref="BackupOptions.Folder"/>. Of the private server it also keeps receiving WAL, so that a
/// restore loses at most the last seconds. The first backup is taken at once, and so is one after a gap in the WAL or a restore. Of
/// several processes with one folder, one does it.
/// </summary>
internal sealed partial class BackupWorker(
    BackupSource source, BackgroundLoop loop, MasterKey master, TimeProvider time, ILogger<BackupWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LedgerInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CleanUpInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly BackupOptions options = source.Settings.Backup;
    private FileStream? turn;
    private StoredBackup? last; // Of the private server: the one whose WAL is received.
    private WalReceiver? receiver;
    private DateTimeOffset nextLedger;
    private DateTimeOffset nextTry;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Folder is not { } location)
        {
            await loop.RunAsync("backup", CleanUpInterval, CleanUpAsync, stoppingToken);
            return;
        }

        var folder = new BackupFolder(location);
        await loop.RunAsync("backup", Interval, cancellationToken => RunAsync(folder, cancellationToken), stoppingToken);
        await StopAsync();
        turn?.Dispose();
    }

    private async Task RunAsync(BackupFolder folder, CancellationToken cancellationToken)
    {
        if ((turn ??= folder.TryTakeTurn()) is null)
        {
            return;
        }

        if (source.Private is not null)
        {
            await KeepReceivingAsync(folder, cancellationToken);
        }
        else
        {
            last ??= folder.List().LastOrDefault(backup => backup.Manifest.Kind == BackupKind.Dump);
        }

        var now = time.GetUtcNow();
        if (IsDue(now) && now >= nextTry)
        {
            await TakeAsync(folder, now, cancellationToken);
        }
        else if (now >= nextLedger)
        {
            await using var connection = await source.OpenAsync(cancellationToken);
            await folder.Ledger.UpdateAsync(connection, master, cancellationToken);
            nextLedger = now + LedgerInterval;
        }
    }

    // A server whose WAL is not received needs a new base, whatever the schedule says.
    private bool IsDue(DateTimeOffset now) => last is null || options.NextAfter(last.Manifest.TakenAt) <= now;

    private async Task KeepReceivingAsync(BackupFolder folder, CancellationToken cancellationToken)
    {
        if (receiver is { IsRunning: true })
        {
            return;
        }

        if (receiver is not null)
        {
            LogReceiverEnded(await receiver.ReadErrorsAsync());
            await receiver.DisposeAsync();
            receiver = null;
        }

        await using var connection = await source.OpenAsync(cancellationToken);
        last = null;
        foreach (var backup in folder.List().Reverse().Where(backup => backup.Manifest.Kind == BackupKind.Base))
        {
            if (await BackupSlots.IsUsableAsync(connection, backup.Slot, cancellationToken))
            {
                await BackupSlots.ReleaseAsync(connection, backup.Slot, cancellationToken);
                last = backup;
                receiver = WalReceiver.Start(source.Private!, backup.Location, backup.Slot);
                LogReceiving(backup.WalFolder);
                return;
            }
        }
    }

    private async Task TakeAsync(BackupFolder folder, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isPrivate = source.Private is not null;
        try
        {
            var taken = await new TakeBackup(source, time).HandleAsync(
                folder, passphrase: null, keepReceiving: isPrivate, cancellationToken);
            LogTaken(taken.Backup.Location);
            await (receiver?.DisposeAsync() ?? ValueTask.CompletedTask);
            (last, receiver) = (taken.Backup, taken.Receiver);
        }
        catch
        {
            nextTry = now + RetryInterval;
            throw;
        }
        finally
        {
            await CleanUpAsync(CancellationToken.None);
        }

        using var folderLock = folder.Lock();
        if (folder.DeleteOldest(options.Keep) is var deleted and > 0)
        {
            LogDeleted(deleted);
        }
    }

    // The server would keep WAL for backups that are not continued: one that failed, or those of a folder that is not set any more. And
    // programs of a killed 'patron backup' would go on.
    private async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        if (source.Private is not null)
        {
            await using var connection = await source.OpenAsync(cancellationToken);
            await BackupSlots.DropOthersAsync(connection, last?.Slot ?? "", cancellationToken);
            await BackupSlots.EndAbandonedAsync(connection, cancellationToken);
        }
    }

    private async Task StopAsync()
    {
        if (receiver is null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(StopTimeout);
        try
        {
            await receiver.CatchUpAsync(limit.Token);
        }
        catch (Exception failure) when (
            DatabaseFailure.IsTemporary(failure) || failure is OperationCanceledException or PrivatePostgresException)
        {
            // The slot keeps the rest until the next start.
        }

        await receiver.DisposeAsync();
    }

    [LoggerMessage(LogLevel.Information, "Backup taken: {Folder}")]
    private partial void LogTaken(string folder);

    [LoggerMessage(LogLevel.Information, "Deleted {Count} old backups")]
    private partial void LogDeleted(int count);

    [LoggerMessage(LogLevel.Information, "Receiving WAL into {Folder}")]
    private partial void LogReceiving(string folder);

    [LoggerMessage(LogLevel.Warning, "The receiver of WAL has ended and is started again: {Reason}")]
    private partial void LogReceiverEnded(string reason);
}
