using Patron.Erp.Partners;
using Patron.Shared.Text;

namespace Patron.Erp.Runs;

/// <summary>A customer that was linked to a partner by its address.</summary>
public sealed record AdoptedPartner(string PartnerId, string CustomerId);

/// <summary>
/// The numbers of the home organization's customers: all, those linked to the ERP, those whose account has a password, and by type.
/// </summary>
public sealed record CustomerFigures(long Total, long Linked, long WithPassword, long Companies, long Individuals);

/// <summary>
/// The results of a run over all partners of the ERP: <c>total = created + updated + unchanged + skipped + conflicts + errors</c>. Adopted
/// ones are included in updated. The lists have at most a hundred entries (contract, 'Sync').
/// </summary>
public record SyncFigures(
    long Total, long Created, long Updated, long Unchanged, IReadOnlyDictionary<string, long> Skipped, long Conflicts, long Errors,
    CustomerFigures Customers, long DurationMs)
{
    /// <summary>Skipped partners by reason, including erased persons.</summary>
    internal static IReadOnlyDictionary<string, long> SkippedBy(Func<string, long> count, long erased) => EnumNames<SkipReason>.All
        .ToDictionary(reason => reason, count, StringComparer.Ordinal)
        .Append(KeyValuePair.Create(EnumNames<PartnerState>.Of(PartnerState.Erased), erased))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>Partners that the ERP no longer has, since the first sync.</summary>
    public long Gone { get; init; }

    /// <summary>Existing records that this run linked to a partner.</summary>
    public IReadOnlyList<AdoptedPartner> Adopted { get; init; } = [];

    /// <summary>Partners with values that people could not enter; they are stored unchanged.</summary>
    public IReadOnlyList<PartnerIssue> Warnings { get; init; } = [];

    /// <summary>Partners that could not be read or written. The next run tries again.</summary>
    public IReadOnlyList<PartnerIssue> Failed { get; init; } = [];
}
