using System.Collections;
using Patron.Erp;

namespace Patron.ErpFiles;

/// <summary>An id that several rows have: the first of them, and the sentence about it.</summary>
internal sealed record RepeatedId(long Rank, string Sentence);

/// <summary>
/// Finds the ids that several rows have: nobody knows which of the rows is right, so none of them is read. Memory does not grow with the number of rows: one
/// bit for each hash of an id is kept, and ids whose hashes meet are compared in a second reading.
/// </summary>
internal static class RepeatedIds
{
    private const int Bits = 1 << 26;

    // More are no mistake in some rows.
    private const int Most = 100;

    public static async Task<IReadOnlyDictionary<string, RepeatedId>> FindAsync(PartnerFolder folder, CancellationToken cancellationToken)
    {
        var repeated = new Dictionary<string, RepeatedId>(StringComparer.Ordinal);
        var suspects = await FindSuspectsAsync(folder, cancellationToken);
        if (suspects.Count == 0)
        {
            return repeated;
        }

        var first = new Dictionary<string, (long Rank, string Place)>(StringComparer.Ordinal);
        await foreach (var row in folder.ReadAsync(cancellationToken).Where(row => suspects.Contains(BitOf(row.Id))))
        {
            if (!first.TryAdd(row.Id, (row.Rank, row.Place)))
            {
                var (rank, place) = first[row.Id];
                repeated.TryAdd(row.Id, new RepeatedId(rank, Sentence(place, row.Place)));
            }

            if (repeated.Count > Most)
            {
                throw new ErpException($"More than {Most} ids are in several rows of {folder.Path}, such as {row.Id}. Probably two exports of the same partners are there: leave only the latest one.");
            }
        }

        return repeated;
    }

    public static string Sentence(string place, string otherPlace) => $"Its id is in {place} and again in {otherPlace}; only one row may have it.";

    private static async Task<HashSet<int>> FindSuspectsAsync(PartnerFolder folder, CancellationToken cancellationToken)
    {
        var (seen, suspects) = (new BitArray(Bits), new HashSet<int>());
        await foreach (var row in folder.ReadAsync(cancellationToken))
        {
            var bit = BitOf(row.Id);
            if (seen[bit])
            {
                suspects.Add(bit);
            }

            seen[bit] = true;
        }

        return suspects;
    }

    private static int BitOf(string id) => id.GetHashCode(StringComparison.Ordinal) & (Bits - 1);
}
