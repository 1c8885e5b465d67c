using Patron.Accounts.Sessions;
using Patron.Accounts.SigningKeys;
using Patron.CommandLine;
using Patron.Customers.Customers;
using Patron.Customers.Statistics;
using Patron.Erp.Runs;
using Patron.Shared;
using Patron.Shared.Audit;
using Patron.Shared.Database;
using Patron.Shared.Outbox;

namespace Patron.Backups;

/// <summary>What was done after a restore. Null where the role has no such data, or nothing was known.</summary>
internal sealed record AfterRestoreSummary
{
    public int? EndedSessions { get; init; }

    public long Sequences { get; init; }

    /// <summary>Customers that were erased after the restored moment and are erased again; null if there is no list of erasures.</summary>
    public int? RepeatedErasures { get; init; }

    /// <summary>Mails that waited at the restored moment and are sent only when somebody says so.</summary>
    public long ParkedMails { get; init; }

    public long? CorrectedCounters { get; init; }
}

/// <summary>
/// Prepares a restored database for use, before any server runs on it: ends all sessions and mailed links, replaces the signing key, skips
/// numbers that may have been given after the restored moment, repeats the erasures since, parks mails that waited, makes the next sync a
/// full one and recounts. It can be repeated.
/// </summary>
internal static class AfterRestore
{
    // More than are given in the seconds that a restore of the newest backup loses. For earlier moments the ledger knows the numbers.
    private const long SkippedNumbers = 10_000;

    public static async Task<AfterRestoreSummary> HandleAsync(
        CommandContext context, LedgerContent ledger, bool sendMail, CancellationToken cancellationToken)
    {
        var (role, database) = (context.Settings.Role, context.Get<DatabaseSession>());
        int? sessions = null, erasures = null;
        long? corrected = null;
        if (role != ProcessRole.Customers)
        {
            sessions = await context.Get<EndEverySession>().HandleAsync(cancellationToken);
            await context.Get<SigningKeyRing>().RotateAsync(overlap: TimeSpan.Zero, cancellationToken);
        }

        var sequences = await context.Get<Numbers>().SkipAsync(SkippedNumbers, ledger.Numbers, cancellationToken);
        var mails = context.Get<ParkedMails>();
        var parked = sendMail ? 0 : await mails.ParkAsync(cancellationToken);
        if (role != ProcessRole.Accounts)
        {
            erasures = ledger.Erasures is { } receipts
                ? await context.Get<RepeatErasures>().HandleAsync(receipts, cancellationToken)
                : null;
            await context.Get<SyncRuns>().RequireFullAsync(cancellationToken);
            corrected = await context.Get<Counters>().RecountAsync(cancellationToken);
        }

        var now = context.Get<TimeProvider>().GetDatabaseNow();
        await database.AddAuditAsync(
            AuditEntry.For(context.Caller, "database.restored", "organization", context.Settings.Home.Id, now, context.Settings.Home.Id),
            cancellationToken);
        return new AfterRestoreSummary
        {
            EndedSessions = sessions, Sequences = sequences, RepeatedErasures = erasures, ParkedMails = parked, CorrectedCounters = corrected,
        };
    }
}
