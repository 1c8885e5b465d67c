namespace Patron.Customers.Matching;

/// <summary>Similarities of two folded texts.</summary>
internal static class StringDistance
{
    private const double PrefixScale = 0.1;
    private const int MaxPrefix = 4;

    /// <summary>The Jaro-Winkler similarity, from 0 to 1.</summary>
    public static double JaroWinkler(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.IsEmpty || second.IsEmpty)
        {
            return 0;
        }

        Span<bool> taken = stackalloc bool[second.Length];
        Span<byte> matches = stackalloc byte[first.Length];
        taken.Clear();
        var window = Math.Max(0, (Math.Max(first.Length, second.Length) / 2) - 1);
        var count = 0;
        for (var i = 0; i < first.Length; i++)
        {
            for (var j = Math.Max(0, i - window); j < Math.Min(second.Length, i + window + 1); j++)
            {
                if (!taken[j] && first[i] == second[j])
                {
                    taken[j] = true;
                    matches[count++] = first[i];
                    break;
                }
            }
        }

        if (count == 0)
        {
            return 0;
        }

        var transposed = 0;
        for (int j = 0, k = 0; j < second.Length; j++)
        {
            if (taken[j] && second[j] != matches[k++])
            {
                transposed++;
            }
        }

        var jaro = (((double)count / first.Length) + ((double)count / second.Length) + ((count - (transposed / 2)) / (double)count)) / 3;
        return jaro + (Math.Min(MaxPrefix, first.CommonPrefixLength(second)) * PrefixScale * (1 - jaro));
    }

    /// <summary>
    /// The number of insertions, deletions, replacements and swaps of neighbours between two texts (Damerau-Levenshtein, optimal string
    /// alignment), or <paramref name="limit"/> + 1 if there are more.
    /// </summary>
    public static int Edits(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int limit)
    {
        var prefix = first.CommonPrefixLength(second);
        first = first[prefix..];
        second = second[prefix..];
        while (!first.IsEmpty && !second.IsEmpty && first[^1] == second[^1])
        {
            first = first[..^1];
            second = second[..^1];
        }

        if (Math.Abs(first.Length - second.Length) > limit)
        {
            return limit + 1;
        }

        if (first.IsEmpty || second.IsEmpty)
        {
            return Math.Max(first.Length, second.Length);
        }

        return Align(first, second, limit);
    }

    // Only the diagonal band that the limit leaves.
    private static int Align(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int limit)
    {
        var width = second.Length + 1;
        Span<int> rows = stackalloc int[3 * width];
        rows.Fill(limit + 1);
        var before = rows[..width];
        var above = rows.Slice(width, width);
        var row = rows[(2 * width)..];
        for (var j = 0; j <= Math.Min(limit, second.Length); j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= first.Length; i++)
        {
            var (start, end) = (Math.Max(1, i - limit), Math.Min(second.Length, i + limit));
            row[start - 1] = start == 1 ? i : limit + 1;
            var best = row[start - 1];
            for (var j = start; j <= end; j++)
            {
                var edits = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    edits = Math.Min(edits, before[j - 2] + 1);
                }

                row[j] = edits;
                best = Math.Min(best, edits);
            }

            if (best > limit)
            {
                return limit + 1;
            }

            if (end < second.Length)
            {
                row[end + 1] = limit + 1;
            }

            var oldest = before;
            before = above;
            above = row;
            row = oldest;
        }

        return Math.Min(above[width - 1], limit + 1);
    }
}
