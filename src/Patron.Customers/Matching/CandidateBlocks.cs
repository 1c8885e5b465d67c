namespace Patron.Customers.Matching;

/// <summary>
/// Finds the records that have a candidate key in common, one kind of key after the other so that only one kind is in memory. A block of
/// more than <see cref="BlockingKeys.MaxBlock"/> records is divided by further keys, and at last cut in the order of the content.
/// </summary>
internal sealed class CandidateBlocks(RecordSet records)
{
    private ulong[] keys = [];
    private int[] ranks = [];
    private int count;

    /// <summary>Calls <paramref name="visit"/> for each block of the kind, on several threads, with the ranks of its records.</summary>
    public void Visit(KeyKind kind, int threads, Action<int, ReadOnlySpan<int>> visit, CancellationToken cancellationToken)
    {
        Collect(kind);
        var starts = Enumerable.Range(0, threads + 1).Select(part => StartOfBlock((int)((long)count * part / threads))).ToArray();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            for (var start = starts[part]; start < starts[part + 1];)
            {
                var end = start + 1;
                while (end < count && keys[end] == keys[start])
                {
                    end++;
                }

                if (end - start > 1)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Divide(ranks.AsSpan(start, end - start), 0, part, visit);
                }

                start = end;
            }
        });
    }

    private void Collect(KeyKind kind)
    {
        count = 0;
        Span<ulong> found = stackalloc ulong[BlockingKeys.MaxPerKind];
        for (var rank = 0; rank < records.Count; rank++)
        {
            var number = BlockingKeys.Write(kind, records[rank], records.Pool, found);
            if (count + number > keys.Length)
            {
                Array.Resize(ref keys, Math.Max(records.Count * 5 / 2, (keys.Length * 5 / 4) + number));
                Array.Resize(ref ranks, keys.Length);
            }

            for (var i = 0; i < number; i++)
            {
                (keys[count], ranks[count]) = (found[i], rank);
                count++;
            }
        }

        Array.Sort(keys, ranks, 0, count);
    }

    private int StartOfBlock(int place)
    {
        while (place > 0 && place < count && keys[place] == keys[place - 1])
        {
            place++;
        }

        return place;
    }

    private void Divide(Span<int> block, int depth, int thread, Action<int, ReadOnlySpan<int>> visit)
    {
        if (block.Length <= BlockingKeys.MaxBlock)
        {
            if (block.Length > 1)
            {
                visit(thread, block);
            }

            return;
        }

        if (depth == BlockingKeys.MaxDivisions)
        {
            Cut(block, thread, visit);
            return;
        }

        var divisions = new ulong[block.Length];
        for (var i = 0; i < block.Length; i++)
        {
            divisions[i] = BlockingKeys.Divide(depth, records[block[i]], records.Pool);
        }

        divisions.AsSpan().Sort(block);
        for (var start = 0; start < block.Length;)
        {
            var end = start + 1;
            while (end < block.Length && divisions[end] == divisions[start])
            {
                end++;
            }

            Divide(block[start..end], depth + 1, thread, visit);
            start = end;
        }
    }

    // Ranks are in the order of the content.
    private static void Cut(Span<int> block, int thread, Action<int, ReadOnlySpan<int>> visit)
    {
        block.Sort();
        for (var start = 0; start < block.Length; start += BlockingKeys.MaxBlock)
        {
            var part = block[start..Math.Min(block.Length, start + BlockingKeys.MaxBlock)];
            if (part.Length > 1)
            {
                visit(thread, part);
            }
        }
    }
}
