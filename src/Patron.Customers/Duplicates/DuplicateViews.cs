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
        var found = await customers.WhereAsync(
            "c.organization_id = $1 AND c.uid = ANY ($2)", cancellationToken, caller.OrganizationId, uids);
        var byUid = found.ToDictionary(customer => customer.Uid, customer => customer.ForReader(CustomerAccess.ReaderOf(caller)));
        var model = await models.ReadAsync(caller.OrganizationId, cancellationToken);
        var shown = new List<ShownDuplicate>(pairs.Count);
        foreach (var pair in pairs)
        {
            if (byUid.TryGetValue(pair.UidA, out var one) && byUid.TryGetValue(pair.UidB, out var other))
            {
                shown.Add(new ShownDuplicate(
                    pair, one, other, SingleRecordMatcher.Explain(model, MatchInputs.Of(one), MatchInputs.Of(other))));
            }
        }

        return shown;
    }
}
