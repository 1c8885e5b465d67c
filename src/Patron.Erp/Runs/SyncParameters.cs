
namespace Patron.Erp.Runs;

/// <summary>The parameters of a sync.</summary>
public sealed record SyncParameters
{
    /// <summary>Read all partners and correct differences; otherwise only those changed since the last run.</summary>
    public bool Full { get; init; }

    /// <summary>Only continue an open run: start none where it has ended meanwhile, and fail it where it cannot start.</summary>
    public bool OnlyOpen { get; init; }

    /// <summary>The ERP was moved or renamed: its ids still mean the same partners.</summary>
    public bool SameErp { get; init; }

    /// <summary>Accept that many known partners are missing.</summary>
    public bool AcceptLosses { get; init; }
}

/// <summary>The progress of a run: partners read and expected. Reported once before the first partner is read.</summary>
public sealed record SyncProgress(SyncPhase Phase, long Read, long Expected);

/// <summary>A successful run and its figures.</summary>
public sealed record FinishedSync(long RunId, SyncMode Mode, SyncFigures Figures);
