namespace Patron.Customers.Matching;

/// <summary>
/// The records of a scan. They are ordered by a hash of their content, so that a scan does not depend on the order in which they came; a
/// record's place in that order is its rank.
/// </summary>
internal sealed class RecordSet
{
    private const int ChunkSize = 1 << 12;

    private readonly List<MatchRecord[]> chunks = [];
    private int[] order = [];

    public ValuePool Pool { get; } = new();

    public int Count { get; private set; }

    /// <summary>The record with this rank.</summary>
    public ref readonly MatchRecord this[int rank] => ref chunks[order[rank] / ChunkSize][order[rank] % ChunkSize];

    /// <summary>The number of the record in the order in which they came, from 0.</summary>
    public int IndexOf(int rank) => order[rank];

    /// <summary>The record with this number, in the order in which they came.</summary>
    public ref readonly MatchRecord At(int index) => ref chunks[index / ChunkSize][index % ChunkSize];

    public void Add(MatchInput input)
    {
        if (Count % ChunkSize == 0)
        {
            chunks.Add(new MatchRecord[ChunkSize]);
        }

        chunks[^1][Count % ChunkSize] = MatchRecord.From(input, Pool);
        Count++;
    }

    /// <summary>Assigns the ranks; after this nothing is added.</summary>
    public void Sort()
    {
        var hashes = new ulong[Count];
        order = new int[Count];
        for (var index = 0; index < Count; index++)
        {
            hashes[index] = chunks[index / ChunkSize][index % ChunkSize].ContentHash;
            order[index] = index;
        }

        Array.Sort(hashes, order);
    }
}
