using System.Text.Json;
using Patron.Erp.Partners;

namespace Patron.Erp.Runs;

/// <summary>How far a run of the sync has come.</summary>
public enum SyncState
{
    Requested,
    Running,
    Succeeded,
    Failed,
}

/// <summary>What a run reads: every partner, or those that may have changed since the last one.</summary>
public enum SyncMode
{
    Full,
    Incremental,
}

/// <summary>Who asked for a run.</summary>
public enum SyncStart
{
    Command,
    Request,
    Schedule,
}

/// <summary>The parts of a run, in their order. Nothing is decided before all is read, so the order of pages does not matter.</summary>
public enum SyncPhase
{
    /// <summary>Partners are read, and addresses that they have left are released.</summary>
    Pages,

    /// <summary>The keys of all partners tell who is new and who is gone.</summary>
    Ids,

    /// <summary>What is still unread, or went wrong before, is read by its key.</summary>
    Rest,

    /// <summary>Customers of partners that are gone give their addresses up, and conflicts are to be decided again.</summary>
    Addresses,

    /// <summary>Partners claim addresses by rank, and records are written.</summary>
    Records,
    Done,
}

/// <summary>One run of the sync with the company's ERP. A killed one goes on where it was; of all one is open at a time.</summary>
public sealed class SyncRun
{
    internal SyncRun()
    {
    }

    public long Id { get; internal set; }

    public SyncState State { get; internal set; }

    public SyncMode Mode { get; internal set; }

    public SyncStart StartedBy { get; internal set; }

    public Guid? RequestedBy { get; internal set; }

    /// <summary>The time of the schedule that asked for it.</summary>
    public DateTimeOffset? DueAt { get; internal set; }

    public DateTimeOffset RequestedAt { get; internal set; }

    public DateTimeOffset? StartedAt { get; internal set; }

    public DateTimeOffset? FinishedAt { get; internal set; }

    /// <summary>Whoever works on it writes under this number; a predecessor that was thought dead finds that it is not its own any more.</summary>
    public Guid? Runner { get; internal set; }

    public SyncPhase Phase { get; internal set; }

    /// <summary>How far the reading of pages is, in the connector's words.</summary>
    public string? Cursor { get; internal set; }

    /// <summary>Where the last reading ended: what has not changed since is not read again. Null reads all.</summary>
    public string? SinceCursor { get; internal set; }

    /// <summary>Partners read so far.</summary>
    public long ReadPartners { get; internal set; }

    /// <summary>The ERP's address and database.</summary>
    public string? Erp { get; internal set; }

    /// <summary>The <see cref="SyncFigures"/> as JSON, once it has succeeded.</summary>
    public string? Figures { get; internal set; }

    /// <summary>Why it failed, as a sentence.</summary>
    public string? Error { get; internal set; }

    /// <summary>What it found; null unless it has succeeded.</summary>
    public SyncFigures? ReadFigures() => Figures is null ? null : JsonSerializer.Deserialize(Figures, ErpJson.Default.SyncFigures);

    internal static SyncRun Request(SyncMode mode, SyncStart startedBy, Guid? requestedBy, DateTimeOffset? dueAt, DateTimeOffset now) => new()
    {
        State = SyncState.Requested,
        Mode = mode,
        StartedBy = startedBy,
        RequestedBy = requestedBy,
        DueAt = dueAt,
        RequestedAt = now,
        Phase = SyncPhase.Pages,
    };

    /// <summary>Somebody works on it from now on; a full run that comes upon an incremental one makes it full, from the beginning.</summary>
    internal void Take(Guid runner, bool full, string erp, string? since, DateTimeOffset now)
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

    internal void Succeed(string figures, DateTimeOffset now) => (State, Phase, Figures, FinishedAt, Runner) = (SyncState.Succeeded, SyncPhase.Done, figures, now, null);

    internal void Fail(string sentence, DateTimeOffset now) => (State, Error, FinishedAt, Runner) = (SyncState.Failed, sentence, now, null);
}
