using Patron.Erp.Partners;
using Patron.Shared.Text;

namespace Patron.Erp.Runs;

/// <summary>A record that a partner was tied to because of its address.</summary>
public sealed record AdoptedPartner(string PartnerId, string CustomerId);

/// <summary>Of the home organization's customers: all, those tied to the ERP, those whose account has a password, and of each kind.</summary>
public sealed record CustomerFigures(long Total, long Linked, long WithPassword, long Companies, long Individuals);

/// <summary>
/// What a run found, of all partners that the ERP has: <c>total = created + updated + unchanged + skipped + conflicts + errors</c>. Adopted ones
/// are among the updated. The lists hold the first hundred (contract, 'Sync').
/// </summary>
public record SyncFigures(
    long Total, long Created, long Updated, long Unchanged, IReadOnlyDictionary<string, long> Skipped, long Conflicts, long Errors, CustomerFigures Customers, long DurationMs)
{
    /// <summary>Skipped partners by their reason; persons who were erased are among them.</summary>
    internal static IReadOnlyDictionary<string, long> SkippedBy(Func<string, long> count, long erased) => EnumNames<SkipReason>.All
        .ToDictionary(reason => reason, count, StringComparer.Ordinal).Append(KeyValuePair.Create(EnumNames<PartnerState>.Of(PartnerState.Erased), erased))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>Partners that the ERP has no more, since the ledger began.</summary>
    public long Gone { get; init; }

    /// <summary>Records that were here before and are tied to a partner since this run.</summary>
    public IReadOnlyList<AdoptedPartner> Adopted { get; init; } = [];

    /// <summary>Partners with values that nobody could write here; they are kept whole.</summary>
    public IReadOnlyList<PartnerNote> Warnings { get; init; } = [];

    /// <summary>Partners that could not be read or written, tried again by the next run.</summary>
    public IReadOnlyList<PartnerNote> Failed { get; init; } = [];
}
