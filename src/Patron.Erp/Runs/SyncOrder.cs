
namespace Patron.Erp.Runs;

/// <summary>How a run is wanted.</summary>
public sealed record SyncOrder
{
    /// <summary>Read everything, and set right what differs; else only what has been written since the last run.</summary>
    public bool Full { get; init; }

    /// <summary>Work only on a run that is open: where it has ended meanwhile, begin none; where it cannot begin, end it with the reason.</summary>
    public bool OnlyOpen { get; init; }

    /// <summary>The ERP was moved or renamed: its keys still mean the same partners.</summary>
    public bool SameErp { get; init; }

    /// <summary>That many known partners are missing is right.</summary>
    public bool AcceptLosses { get; init; }
}

/// <summary>How far a run is: partners read, of so many; told first before it reads any itself.</summary>
public sealed record SyncProgress(SyncPhase Phase, long Read, long Expected);

/// <summary>A run that came to its end, with what it found.</summary>
public sealed record FinishedSync(long RunId, SyncMode Mode, SyncFigures Figures);
