using Patron.Customers.Customers;
using Patron.Customers.Matching;
using Patron.Shared.Callers;

namespace Patron.Customers.Duplicates;

/// <summary>Finds the stored customers that one record probably belongs to, by the weights that the last scan learned.</summary>
public sealed class DuplicateFinder(MatchKeys keys, MatchModels models)
{
    /// <summary>Pairs with a lower probability are not reported.</summary>
    internal const double Floor = 0.2;

    /// <summary>The customers above the floor, the most probable first.</summary>
    internal async Task<IReadOnlyList<(Guid Uid, RecordMatch Match)>> FindAsync(
        Guid organizationId, MatchInput input, Guid self, CancellationToken cancellationToken)
    {
        var candidates = await keys.FindCandidatesAsync(organizationId, input, self, cancellationToken);
        if (candidates.Count == 0)
        {
            return [];
        }

        var matcher = await models.ReadAsync(organizationId, cancellationToken);
        return
        [
            .. matcher.Match(input, [.. candidates.Select(candidate => candidate.Input)])
                .Select(match => (candidates[match.Index].Uid, match)),
        ];
    }
}
