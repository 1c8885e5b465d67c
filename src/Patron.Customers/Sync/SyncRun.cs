using System.Text.Json;

namespace Patron.Customers.Sync;

/// <summary>How far a run of the sync has come.</summary>
public enum SyncState
{
    Requested,
    Running,
    Succeeded,
    Failed,
}

/// <summary>What a run reads: every partner, or those written since the last one.</summary>
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

/// <summary>
/// The parts of a run, in their order. Active partners come before archived ones, so that of one address an active one makes the customer;
/// then the whole set of numbers, which tells who is gone; then those that are still unread or went wrong before.
/// </summary>
public enum SyncPhase
{
    Active,
    Archived,
    Known,
    Rest,
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

    /// <summary>The last partner of the phase that is done.</summary>
    public long AfterId { get; internal set; }

    /// <summary>Partners written before are not read again; null reads all.</summary>
    public DateTimeOffset? Since { get; internal set; }

    /// <summary>The greatest time that a partner was written at, as the ERP says.</summary>
    public DateTimeOffset? Watermark { get; internal set; }

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
        Phase = SyncPhase.Active,
    };

    /// <summary>Somebody works on it from now on; a full run that comes upon an incremental one makes it full, from the beginning.</summary>
    internal void Take(Guid runner, bool full, string erp, DateTimeOffset? since, DateTimeOffset now)
    {
        Runner = runner;
        Erp = erp;
        if (StartedAt is null || (full && Mode == SyncMode.Incremental))
        {
            Mode = full || since is null ? SyncMode.Full : Mode;
            (Phase, AfterId, Since) = (SyncPhase.Active, 0, Mode == SyncMode.Full ? null : since);
        }

        State = SyncState.Running;
        StartedAt ??= now;
    }

    internal void Succeed(string figures, DateTimeOffset now) => (State, Phase, Figures, FinishedAt, Runner) = (SyncState.Succeeded, SyncPhase.Done, figures, now, null);

    internal void Fail(string sentence, DateTimeOffset now) => (State, Error, FinishedAt, Runner) = (SyncState.Failed, sentence, now, null);
}
