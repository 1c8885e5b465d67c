namespace Patron.Shared.Audit;

/// <summary>Settings of the audit log; section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    private const int MinRetentionMonths = 3;
    private const int MaxRetentionMonths = 1200;

    /// <summary>
    /// How many whole months of audit entries are kept; null keeps all. Older ones are removed a month at a time. A job cannot be undone
    /// when its entries are gone.
    /// </summary>
    public int? RetentionMonths { get; set; }

    /// <summary>What is wrong with these settings, as a sentence; null if nothing is.</summary>
    public string? Contradiction() =>
        RetentionMonths is < MinRetentionMonths or > MaxRetentionMonths
            ? "Audit:RetentionMonths must be between 3 and 1200. Leave it out to keep all audit entries."
            : null;
}
