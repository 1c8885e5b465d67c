using Patron.Customers.Customers;
using Patron.Customers.Matching;
using Patron.Shared.Callers;

namespace Patron.Customers.Duplicates;

/// <summary>
/// Reads both customers of pairs and compares them again, so that the reasons are those of today and no pair has to store values.
/// </summary>
public sealed class DuplicateViews(CustomerStore customers, MatchModels models)
{
    /// <summary>The pairs in the same order, without those of which a customer was erased meanwhile.</summary>
    internal async Task<List<ShownDuplicate>> ShowAsync(
        Caller caller, IReadOnlyList<DuplicatePair> pairs, CancellationToken cancellationToken)
    {
        var uids = pairs.SelectMany(pair => new[] { pair.UidA, pair.UidB }).Distinct().ToArray();
        var byUid = await customers.FindAllAsync(caller.OrganizationId, uids, cancellationToken);
        var reader = CustomerAccess.ReaderOf(caller);
        var model = await models.ReadAsync(caller.OrganizationId, cancellationToken);
        var shown = new List<ShownDuplicate>(pairs.Count);
        foreach (var pair in pairs)
        {
            if (byUid.TryGetValue(pair.UidA, out var one) && byUid.TryGetValue(pair.UidB, out var other))
            {
                shown.Add(new ShownDuplicate(
                    pair, one.ForReader(reader), other.ForReader(reader),
                    SingleRecordMatcher.Explain(model, MatchInputs.Of(one), MatchInputs.Of(other))));
            }
        }

        return shown;
    }
}
