using Patron.Customers.Matching;

namespace Patron.Customers.Duplicates;

/// <summary>Finds the stored customers that one record probably belongs to, by the weights that the last scan learned.</summary>
public sealed class DuplicateFinder(MatchKeys keys, MatchModels models)
{
    /// <summary>The customers above the floor of a scan, the most probable first.</summary>
    internal async Task<IReadOnlyList<(Guid Uid, RecordMatch Match)>> FindAsync(
        Guid organizationId, MatchInput input, Guid self, CancellationToken cancellationToken)
    {
        var candidates = await keys.FindCandidatesAsync(organizationId, input, self, cancellationToken);
        if (candidates.Count == 0)
        {
            return [];
        }

        var model = await models.ReadAsync(organizationId, cancellationToken);
        var matches = SingleRecordMatcher.Match(model, input, [.. candidates.Select(candidate => candidate.Input)]);
        return [.. matches.Select(match => (candidates[match.Candidate].Uid, match))];
    }
}
