using System.Collections;
using Patron.Erp;

namespace Patron.ErpFiles;

/// <summary>An id that occurs in several rows: the first row, and the message for it.</summary>
internal sealed record RepeatedId(long Rank, string Message);

/// <summary>
/// Finds ids that occur in several rows. None of these rows is read, because it is unknown which one is correct. Memory does not grow with
/// the number of rows: the first pass keeps one bit for each hash of an id, and a second pass compares the ids whose hashes collide.
/// </summary>
internal static class RepeatedIds
{
    private const int Bits = 1 << 26;

    // More than this is not an error in single rows.
    private const int MaxRepeatedIds = 100;

    public static async Task<IReadOnlyDictionary<string, RepeatedId>> FindAsync(PartnerFolder folder, CancellationToken cancellationToken)
    {
        var repeated = new Dictionary<string, RepeatedId>(StringComparer.Ordinal);
        var collisions = await FindCollisionsAsync(folder, cancellationToken);
        if (collisions.Count == 0)
        {
            return repeated;
        }

        var first = new Dictionary<string, (long Rank, string Location)>(StringComparer.Ordinal);
        await foreach (var row in folder.ReadAsync(cancellationToken).Where(row => collisions.Contains(BitOf(row.Id))))
        {
            if (!first.TryAdd(row.Id, (row.Rank, row.Location)))
            {
                var (rank, location) = first[row.Id];
                repeated.TryAdd(row.Id, new RepeatedId(rank, Describe(location, row.Location)));
            }

            if (repeated.Count > MaxRepeatedIds)
            {
                throw new ErpException(
                    $"More than {MaxRepeatedIds} ids are in several rows of {folder.Path}, such as {row.Id}. Probably two exports of the same partners are there: leave only the latest one.");
            }
        }

        return repeated;
    }

    public static string Describe(string location, string otherLocation) =>
        $"Its id is in {location} and again in {otherLocation}; only one row may have it.";

    private static async Task<HashSet<int>> FindCollisionsAsync(PartnerFolder folder, CancellationToken cancellationToken)
    {
        var (seen, collisions) = (new BitArray(Bits), new HashSet<int>());
        await foreach (var row in folder.ReadAsync(cancellationToken))
        {
            var bit = BitOf(row.Id);
            if (seen[bit])
            {
                collisions.Add(bit);
            }

            seen[bit] = true;
        }

        return collisions;
    }

    private static int BitOf(string id) => id.GetHashCode(StringComparison.Ordinal) & (Bits - 1);
}
