using Patron.Customers.Merges;
using Patron.Shared.Results;

namespace Patron.Dialects.Customers;

/// <summary>Which customers to merge into the one of the path, and what the rules shall not decide.</summary>
public sealed record MergeCustomersRequest(
    IReadOnlyList<string>? Others, IReadOnlyDictionary<string, long>? Versions = null, IReadOnlyDictionary<string, string>? Choices = null,
    string? Reason = null, bool DryRun = false)
{
    /// <summary>The errors of the request, or null.</summary>
    internal Error? Refusal => Others?.Contains(null!) != false ? Error.Invalid("others", "Must be a list of customer_ids.") : null;

    internal MergeRequest ToRequest(IReadOnlyCollection<long>? expectedVersions) => new(Others!)
    {
        Versions = Versions, Choices = Choices, Reason = Reason, IsDryRun = DryRun, ExpectedVersions = expectedVersions,
    };
}

/// <summary>Why a merge is undone.</summary>
public sealed record UndoMergeRequest(string? Reason = null);

/// <summary>What a merge made, or with <c>dry_run</c> would make.</summary>
public sealed record MergeResultAnswer(
    bool DryRun, CustomerAnswer Customer, IReadOnlyList<MergedField> Fields, MovedRowsAnswer Moved, IReadOnlyList<MergedPartner> Partners,
    IReadOnlyList<string> Absorbed, IReadOnlyDictionary<string, long> Versions, IReadOnlyList<Guid> DisabledAccounts,
    IReadOnlyList<long> Merges)
{
    public static MergeResultAnswer From(MergeResult result) => new(
        result.Merges.Count == 0, new CustomerAnswer(result.Customer), result.Fields,
        new MovedRowsAnswer(result.MovedAddresses, result.AddedAddresses, result.WithdrawnOffers, result.ClosedRequests), result.Partners,
        result.Identifiers, result.Versions, result.DisabledAccounts, result.Merges);
}

/// <summary>How many rows of the absorbed customers move, or are closed.</summary>
public sealed record MovedRowsAnswer(long Addresses, long PrimaryAddresses, long WithdrawnOffers, long ClosedChangeRequests);

/// <summary>The merges of an organization, newest first; <c>next</c> is <c>before</c> of the next page.</summary>
public sealed record MergesAnswer(IReadOnlyList<MergeView> Merges, long? Next)
{
    public static MergesAnswer From(IReadOnlyList<MergeView> merges, int limit) =>
        new(merges, merges.Count == limit ? merges[^1].Id : null);
}

/// <summary>Both customers after an undo, and what did not come back.</summary>
public sealed record UndoneMergeAnswer(
    MergeView Merge, CustomerAnswer Customer, CustomerAnswer Returned, IReadOnlyList<string> ReleasedAddresses,
    IReadOnlyList<StayingRow> Staying)
{
    public static UndoneMergeAnswer From(UndoneMerge undone) => new(
        undone.Merge, new CustomerAnswer(undone.Survivor), new CustomerAnswer(undone.Returned), undone.Released, undone.Staying);
}
