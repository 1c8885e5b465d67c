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

    /// <param name="one">The first address.</param>
    /// <param name="other">The second address.</param>
    /// <param name="isCommon">Whether the domain of the first is a provider's, where neighbouring names belong to different people.</param>
    public static EmailLevel CompareEmails(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, bool isCommon)
    {
        if (one.IsEmpty || other.IsEmpty)
        {
            return EmailLevel.Missing;
        }

        if (one.SequenceEqual(other))
        {
            return EmailLevel.Equal;
        }

        var local = LocalPart(one);
        var otherLocal = LocalPart(other);
        var isSameDomain = Domain(one).SequenceEqual(Domain(other));
        var longer = Math.Max(one.Length, other.Length);
        var edits = StringDistance.Edits(one, other, longer / 4);
        var isTypingError = edits <= Math.Min(IsGeneric(local) ? 1 : 2, longer / 8) && HaveSameDigits(one, other)
            && (!isCommon || !isSameDomain || edits == 1);
        if (isTypingError || (isSameDomain && HaveSameLetters(local, otherLocal)))
        {
            return EmailLevel.Near;
        }

        if (HaveSameLetters(local, otherLocal))
        {
            return !IsGeneric(local) && local.ContainsAnyInRange((byte)'0', (byte)'9') ? EmailLevel.SameLocalPart : EmailLevel.SameNames;
        }

        if (isCommon)
        {
            return EmailLevel.Different;
        }

        var maxLocalEdits = IsGeneric(local) ? -1 : Math.Max(1, local.Length / 3);
        return maxLocalEdits > 0 && edits <= longer / 4 && StringDistance.Edits(local, otherLocal, maxLocalEdits) <= maxLocalEdits
            ? EmailLevel.Similar : OfDomain(isSameDomain);
    }

    // Says nothing about whose mailbox it is.
    private static bool IsGeneric(ReadOnlySpan<byte> local) =>
        local.SequenceEqual("info"u8) || local.SequenceEqual("office"u8) || local.SequenceEqual("mail"u8)
        || local.SequenceEqual("contact"u8) || local.SequenceEqual("kontakt"u8) || local.SequenceEqual("sales"u8)
        || local.SequenceEqual("admin"u8) || local.SequenceEqual("hello"u8);

    private static EmailLevel OfDomain(bool isSame) => isSame ? EmailLevel.SameDomain : EmailLevel.Different;

    private static ReadOnlySpan<byte> Domain(ReadOnlySpan<byte> email) => email[(email.LastIndexOf((byte)'@') + 1)..];

    private static bool HaveSameDigits(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => HaveSame(one, other, char.IsAsciiDigit);

    private static bool HaveSameLetters(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        HaveSame(one, other, letter => letter is not ('.' or '_' or '-'));

    // Whether the texts are equal where only these characters count.
    private static bool HaveSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, Func<char, bool> counts)
    {
        int i = 0, j = 0;
        while (true)
        {
            while (i < one.Length && !counts((char)one[i]))
            {
                i++;
            }

            while (j < other.Length && !counts((char)other[j]))
            {
                j++;
            }

            if (i == one.Length || j == other.Length)
            {
                return i == one.Length && j == other.Length;
            }

            if (one[i++] != other[j++])
            {
                return false;
            }
        }
    }

    /// <summary>The part before the @, without a tag after a plus sign.</summary>
    public static ReadOnlySpan<byte> LocalPart(ReadOnlySpan<byte> email)
    {
        var local = email[..email.LastIndexOf((byte)'@')];
        return local.IndexOf((byte)'+') is > 0 and var plus ? local[..plus] : local;
    }
}
