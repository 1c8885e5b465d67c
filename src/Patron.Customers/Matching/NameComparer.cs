namespace Patron.Customers.Matching;

/// <summary>Compares folded names, streets and company names, from one level to the next.</summary>
internal static class NameComparer
{
    private const double Similar = 0.88;
    private const double Weak = 0.78;
    private const int MinNearLength = 4;
    private const int MinPartLength = 3;
    private const double WordSimilarity = 0.9;

    /// <summary>Compares two names of a person.</summary>
    public static NameLevel Compare(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.IsEmpty || second.IsEmpty)
        {
            return NameLevel.Missing;
        }

        if (first.SequenceEqual(second))
        {
            return NameLevel.Equal;
        }

        var edits = StringDistance.Edits(first, second, 2);
        var shorter = Math.Min(first.Length, second.Length);
        if ((edits == 1 && shorter >= MinNearLength) || EqualWithoutBlanks(first, second))
        {
            return NameLevel.Near;
        }

        var similarity = StringDistance.JaroWinkler(first, second);
        if (IsPart(first, second) || IsPart(second, first) || Nicknames.Are(first, second))
        {
            return NameLevel.Partial;
        }

        if (similarity >= Similar || (edits <= 2 && shorter > 5) || (edits == 1 && shorter == 3)
            || (similarity >= Weak && Phonetics.KeyOf(first) == Phonetics.KeyOf(second)))
        {
            return NameLevel.Similar;
        }

        return similarity >= Weak || edits == 1 ? NameLevel.Weak : NameLevel.Different;
    }

    /// <summary>Compares two streets or other lines of an address.</summary>
    public static NameLevel CompareLines(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.IsEmpty || second.IsEmpty)
        {
            return NameLevel.Missing;
        }

        if (first.SequenceEqual(second))
        {
            return NameLevel.Equal;
        }

        Span<byte> one = stackalloc byte[first.Length];
        Span<byte> other = stackalloc byte[second.Length];
        one = one[..Squash(first, one)];
        other = other[..Squash(second, other)];
        var longer = Math.Max(one.Length, other.Length);
        var edits = StringDistance.Edits(one, other, longer / 3);
        if (edits <= Math.Max(1, longer / 7) && longer > MinPartLength)
        {
            return NameLevel.Near;
        }

        if (edits <= longer / 4)
        {
            return NameLevel.Similar;
        }

        return IsPart(first, second) || IsPart(second, first) ? NameLevel.Partial : Rest(edits <= longer / 3);
    }

    /// <summary>Compares two company names by their words; <paramref name="weightOf"/> says how telling a word is.</summary>
    public static NameLevel CompareCompanies(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Func<ReadOnlySpan<byte>, double> weightOf)
    {
        if (first.IsEmpty || second.IsEmpty)
        {
            return NameLevel.Missing;
        }

        if (first.SequenceEqual(second))
        {
            return NameLevel.Equal;
        }

        var typingErrors = Math.Min(2, Math.Min(first.Length, second.Length) / 6);
        if (EqualWithoutBlanks(first, second) || StringDistance.Edits(first, second, typingErrors) <= typingErrors)
        {
            return NameLevel.Near;
        }

        var (firstShare, firstWeight) = Share(first, second, weightOf);
        var (secondShare, secondWeight) = Share(second, first, weightOf);
        var both = (firstShare + secondShare) / (firstWeight + secondWeight);
        if (both >= 0.97)
        {
            return NameLevel.Near;
        }

        if (both >= 0.8)
        {
            return NameLevel.Similar;
        }

        var contained = Math.Max(firstShare / firstWeight, secondShare / secondWeight);
        if (contained >= 0.95 || both >= 0.65)
        {
            return NameLevel.Partial;
        }

        return Rest(both >= 0.45 || StringDistance.JaroWinkler(first, second) >= Similar);
    }

    private static NameLevel Rest(bool isWeak) => isWeak ? NameLevel.Weak : NameLevel.Different;

    // The weight of the words of the first name that the second one has too, and of all its words.
    private static (double Shared, double All) Share(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Func<ReadOnlySpan<byte>, double> weightOf)
    {
        var (shared, all) = (0.0, 0.0);
        foreach (var range in first.Split((byte)' '))
        {
            var word = first[range];
            var weight = weightOf(word);
            all += weight;
            shared += weight * Best(word, second);
        }

        return (shared, Math.Max(all, double.Epsilon));
    }

    private static double Best(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name)
    {
        var best = 0.0;
        foreach (var range in name.Split((byte)' '))
        {
            var other = name[range];
            if (word.SequenceEqual(other))
            {
                return 1;
            }

            var shorter = Math.Min(word.Length, other.Length);
            if (shorter >= MinPartLength && (word.StartsWith(other) || other.StartsWith(word)))
            {
                best = Math.Max(best, 0.9);
            }
            else if (shorter > MinPartLength && StringDistance.JaroWinkler(word, other) is >= WordSimilarity and var similarity)
            {
                best = Math.Max(best, similarity);
            }
        }

        return best;
    }

    // An initial, the beginning, or one of several words.
    private static bool IsPart(ReadOnlySpan<byte> part, ReadOnlySpan<byte> whole)
    {
        if (part.Length >= whole.Length)
        {
            return false;
        }

        if ((part.Length == 1 || part.Length >= MinPartLength) && whole.StartsWith(part))
        {
            return true;
        }

        var blank = part.IndexOf((byte)' ');
        if (blank > 0)
        {
            // 'j p' and 'john paul', 'john p' and 'john paul'.
            var wholeBlank = whole.IndexOf((byte)' ');
            return wholeBlank > 0 && whole.StartsWith(part[..blank]) && whole[(wholeBlank + 1)..].StartsWith(part[(blank + 1)..]);
        }

        if (part.Length < MinPartLength)
        {
            return false;
        }

        foreach (var range in whole.Split((byte)' '))
        {
            if (whole[range].SequenceEqual(part) || (part.Length > MinPartLength && StringDistance.Edits(whole[range], part, 1) <= 1))
            {
                return true;
            }
        }

        return false;
    }

    public static bool EqualWithoutBlanks(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int i = 0, j = 0;
        while (true)
        {
            while (i < first.Length && first[i] == ' ')
            {
                i++;
            }

            while (j < second.Length && second[j] == ' ')
            {
                j++;
            }

            if (i == first.Length || j == second.Length)
            {
                return i == first.Length && j == second.Length;
            }

            if (first[i++] != second[j++])
            {
                return false;
            }
        }
    }

    private static int Squash(ReadOnlySpan<byte> text, Span<byte> squashed)
    {
        var length = 0;
        foreach (var value in text)
        {
            if (value != ' ')
            {
                squashed[length++] = value;
            }
        }

        return length;
    }
}
