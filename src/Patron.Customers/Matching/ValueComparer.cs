namespace Patron.Customers.Matching;

/// <summary>Compares birth dates, phone numbers and email addresses.</summary>
internal static class ValueComparer
{
    private const int DaysOfMonth = 31;
    private const int DaysOfYear = 366;
    private const int MinPhoneDigits = 7;
    private const ulong MinPhone = 1_000_000; // Seven digits.
    private const int PhoneTail = 9;

    public static DateLevel CompareDates(int one, int other)
    {
        if (one == 0 || other == 0)
        {
            return DateLevel.Missing;
        }

        if (one == other)
        {
            return DateLevel.Equal;
        }

        var (year, month, day) = (one / 10_000, one / 100 % 100, one % 100);
        var (otherYear, otherMonth, otherDay) = (other / 10_000, other / 100 % 100, other % 100);
        if (year == otherYear && month == otherDay && day == otherMonth)
        {
            return DateLevel.Swapped;
        }

        Span<byte> digits = stackalloc byte[8];
        Span<byte> otherDigits = stackalloc byte[8];
        one.TryFormat(digits, out var length);
        other.TryFormat(otherDigits, out var otherLength);
        var edits = StringDistance.Edits(digits[..length], otherDigits[..otherLength], 2);
        if (edits == 1)
        {
            return DateLevel.OneDigit;
        }

        var days = Math.Abs((year * 365.25) + (month * 30.4) + day - ((otherYear * 365.25) + (otherMonth * 30.4) + otherDay));
        var equalParts = (year == otherYear ? 1 : 0) + (month == otherMonth ? 1 : 0) + (day == otherDay ? 1 : 0);
        if (equalParts == 2 || days <= DaysOfMonth)
        {
            return DateLevel.TwoParts;
        }

        if (edits == 2)
        {
            return DateLevel.TwoDigits;
        }

        return days <= DaysOfYear || year == otherYear ? DateLevel.OneYear : DateLevel.Different;
    }

    public static CodeLevel ComparePhones(in MatchRecord one, in MatchRecord other)
    {
        if (one.Phone == 0 || other.Phone == 0)
        {
            return CodeLevel.Missing;
        }

        var level = ComparePhones(one.Phone, other.Phone);
        level = one.OtherPhone == 0 ? level : Better(level, ComparePhones(one.OtherPhone, other.Phone));
        level = other.OtherPhone == 0 ? level : Better(level, ComparePhones(one.Phone, other.OtherPhone));
        return one.OtherPhone == 0 || other.OtherPhone == 0 ? level : Better(level, ComparePhones(one.OtherPhone, other.OtherPhone));
    }

    private static CodeLevel Better(CodeLevel one, CodeLevel other) => one < other ? one : other;

    // Equal up to a country code.
    private static CodeLevel ComparePhones(ulong one, ulong other)
    {
        var (shorter, longer) = (Math.Min(one, other), Math.Max(one, other));
        if (shorter == longer || (shorter >= MinPhone && (longer - shorter) % PowerAbove(shorter) == 0))
        {
            return CodeLevel.Equal;
        }

        Span<byte> digits = stackalloc byte[20];
        Span<byte> otherDigits = stackalloc byte[20];
        shorter.TryFormat(digits, out var length);
        longer.TryFormat(otherDigits, out var otherLength);
        if (length < MinPhoneDigits)
        {
            return CodeLevel.Different;
        }

        var tail = Math.Min(Math.Min(length, otherLength), PhoneTail);
        return StringDistance.Edits(digits[(length - tail)..length], otherDigits[(otherLength - tail)..otherLength], 1) == 1
            ? CodeLevel.Near : CodeLevel.Different;
    }

    private static ulong PowerAbove(ulong number)
    {
        var power = 1UL;
        while (power <= number)
        {
            power *= 10;
        }

        return power;
    }

    public static EmailLevel CompareEmails(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.IsEmpty || other.IsEmpty)
        {
            return EmailLevel.Missing;
        }

        if (one.SequenceEqual(other))
        {
            return EmailLevel.Equal;
        }

        if (StringDistance.Edits(one, other, 2) <= Math.Min(2, Math.Min(one.Length, other.Length) / 8))
        {
            return EmailLevel.Near;
        }

        var local = LocalPart(one);
        var otherLocal = LocalPart(other);
        var isSameDomain = one[one.LastIndexOf((byte)'@')..].SequenceEqual(other[other.LastIndexOf((byte)'@')..]);
        if (NameComparer.EqualWithoutBlanks(local, otherLocal))
        {
            return isSameDomain ? EmailLevel.Near : EmailLevel.SameLocalPart;
        }

        var longer = Math.Max(one.Length, other.Length);
        if (StringDistance.Edits(one, other, longer / 4) <= longer / 4 && (!isSameDomain || StringDistance.Edits(local, otherLocal, 2) <= 2))
        {
            return EmailLevel.Similar;
        }

        return isSameDomain ? EmailLevel.SameDomain : EmailLevel.Different;
    }

    /// <summary>The part before the @, without a tag after a plus sign.</summary>
    public static ReadOnlySpan<byte> LocalPart(ReadOnlySpan<byte> email)
    {
        var local = email[..email.LastIndexOf((byte)'@')];
        return local.IndexOf((byte)'+') is > 0 and var plus ? local[..plus] : local;
    }
}
