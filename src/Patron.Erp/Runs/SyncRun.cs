using System.Text.Json;
using Patron.Erp.Partners;

namespace Patron.Erp.Runs;

/// <summary>The state of a sync run.</summary>
public enum SyncState
{
    Requested,
    Running,
    Succeeded,
    Failed,
}

/// <summary>Whether a run reads every partner, or those that may have changed since the last one.</summary>
public enum SyncMode
{
    Full,
    Incremental,
}

/// <summary>What started a run.</summary>
public enum SyncTrigger
{
    Command,
    Request,
    Schedule,
}

/// <summary>The phases of a run, in order. Decisions start after everything is read, so the order of pages does not matter.</summary>
public enum SyncPhase
{
    /// <summary>Reads partners and releases addresses that they no longer have.</summary>
    Pages,

    /// <summary>Compares the ids of all partners, to find new and gone ones.</summary>
    Ids,

    /// <summary>Reads partners by id that are still unread or failed before.</summary>
    Rest,

    /// <summary>Releases the addresses of gone partners' customers, and queues conflicts again.</summary>
    Addresses,

    /// <summary>Claims addresses by rank and writes records.</summary>
    Records,
    Done,
}

/// <summary>A run of the sync. A killed run continues where it was; at most one run is open.</summary>
public sealed class SyncRun
{
    internal SyncRun()
    {
    }

    public long Id { get; internal set; }

    public SyncState State { get; internal set; }

    public SyncMode Mode { get; internal set; }

    public SyncTrigger StartedBy { get; internal set; }

    public Guid? RequestedBy { get; internal set; }

    /// <summary>The scheduled time, for a scheduled run.</summary>
    public DateTimeOffset? DueAt { get; internal set; }

    public DateTimeOffset RequestedAt { get; internal set; }

    public DateTimeOffset? StartedAt { get; internal set; }

    public DateTimeOffset? FinishedAt { get; internal set; }

    /// <summary>
    /// Identifies the process that works on the run. A presumed dead predecessor fails to write, because its number no longer matches.
    /// </summary>
    public Guid? Runner { get; internal set; }

    public SyncPhase Phase { get; internal set; }

    /// <summary>The position of reading pages, in the connector's format.</summary>
    public string? Cursor { get; internal set; }

    /// <summary>The last cursor of the previous run: only changes since then are read. Null reads all.</summary>
    public string? SinceCursor { get; internal set; }

    /// <summary>Partners read so far.</summary>
    public long ReadPartners { get; internal set; }

    /// <summary>The ERP's host and database.</summary>
    public string? Erp { get; internal set; }

    /// <summary>The <see cref="SyncFigures"/> as JSON, once it has succeeded.</summary>
    public string? Figures { get; internal set; }

    /// <summary>The reason of a failure, as a sentence.</summary>
    public string? Error { get; internal set; }

    /// <summary>The figures; null unless the run has succeeded.</summary>
    public SyncFigures? ReadFigures() => Figures is null ? null : JsonSerializer.Deserialize(Figures, ErpJson.Default.SyncFigures);

    internal static SyncRun Request(SyncMode mode, SyncTrigger startedBy, Guid? requestedBy, DateTimeOffset? dueAt, DateTimeOffset now) =>
        new()
    {
        State = SyncState.Requested,
        Mode = mode,
        StartedBy = startedBy,
        RequestedBy = requestedBy,
        DueAt = dueAt,
        RequestedAt = now,
        Phase = SyncPhase.Pages,
    };

    /// <summary>
    /// Starts or continues the run. A full sync that finds an incremental run turns it into a full one, from the beginning.
    /// </summary>
    internal void Start(Guid runner, bool full, string erp, string? since, DateTimeOffset now)
    {
        Runner = runner;
        Erp = erp;
        if (StartedAt is null || (full && Mode == SyncMode.Incremental))
        {
            Mode = full || since is null ? SyncMode.Full : Mode;
            (Phase, Cursor, SinceCursor) = (SyncPhase.Pages, null, Mode == SyncMode.Full ? null : since);
        }

        State = SyncState.Running;
        StartedAt ??= now;
    }

    internal void Succeed(string figures, DateTimeOffset now) =>
        (State, Phase, Figures, FinishedAt, Runner) = (SyncState.Succeeded, SyncPhase.Done, figures, now, null);

    internal void Fail(string reason, DateTimeOffset now) => (State, Error, FinishedAt, Runner) = (SyncState.Failed, reason, now, null);
}
