using Patron.Customers.Matching;

namespace Patron.Customers.Duplicates;

/// <summary>Finds the stored customers that one record probably belongs to, by the weights of its organization.</summary>
public sealed class DuplicateFinder(MatchKeys keys)
{
    /// <summary>The customers above the floor of a scan, the most probable first.</summary>
    internal async Task<IReadOnlyList<(Guid Uid, RecordMatch Match)>> FindAsync(
        Guid organizationId, MatchModel model, MatchInput input, Guid self, CancellationToken cancellationToken)
    {
        var candidates = await keys.FindCandidatesAsync(organizationId, input, self, cancellationToken);
        var matches = SingleRecordMatcher.Match(model, input, [.. candidates.Select(candidate => candidate.Input)]);
        return [.. matches.Select(match => (candidates[match.Candidate].Uid, match))];
    }
}
