using System.Numerics;

namespace Patron.Customers.Matching;

/// <summary>
/// Compares two records field by field. Not thread-safe: it remembers recent comparisons, because a few frequent names make up most of
/// them.
/// </summary>
internal sealed class PairComparer
{
    private const int MinCodeLength = 4;
    private const int MaxCacheBits = 16;
    private const int MinCommonDomain = 20;

    private readonly ValuePool pool;
    private readonly ulong[] knownPairs;
    private readonly NameLevel[] knownLevels;
    private readonly int shift;
    private readonly int commonDomain;
    private readonly Func<int, int> countOf;
    private readonly Func<ReadOnlySpan<byte>, double> weightOfWord;

    /// <param name="pool">The values of both records.</param>
    /// <param name="records">How many records the organization has.</param>
    /// <param name="countOf">How many of them have a value of the pool.</param>
    /// <param name="pairs">How many pairs will be compared at most; memory depends on it.</param>
    public PairComparer(ValuePool pool, int records, Func<int, int> countOf, int pairs = int.MaxValue)
    {
        var bits = Math.Clamp(BitOperations.Log2((uint)Math.Max(1, pairs)) + 4, 8, MaxCacheBits);
        (shift, knownPairs, knownLevels) = (64 - bits, new ulong[1 << bits], new NameLevel[1 << bits]);
        (this.pool, this.countOf) = (pool, countOf);
        commonDomain = Math.Max(MinCommonDomain, records / 1000);
        weightOfWord = word => Math.Log(1 + ((records + 100.0) / (1 + countOf(pool.Find(MatchField.CompanyToken, word)))));
    }

    public ComparisonVector Compare(in MatchRecord one, in MatchRecord other)
    {
        var vector = CompareNames(one, other)
            .With(Comparison.BirthDate, (int)ValueComparer.CompareDates(one.BirthDate, other.BirthDate))
            .With(Comparison.Phone, (int)ValueComparer.ComparePhones(one, other))
            .With(Comparison.Email, (int)CompareEmails(one, other))
            .With(Comparison.TaxId, (int)CompareCodes(one.TaxId, other.TaxId, MinCodeLength));
        return CompareAddresses(one, other, vector);
    }

    private ComparisonVector CompareNames(in MatchRecord one, in MatchRecord other)
    {
        var vector = default(ComparisonVector);
        if (one.IsOrganization && other.IsOrganization)
        {
            return vector.With(Comparison.Company, (int)CompareCompanies(one.Company, other.Company));
        }

        if (IsCompany(one) != IsCompany(other))
        {
            // A company is nobody's name, even where they work there.
            return vector.With(Comparison.GivenName, (int)NameLevel.Different).With(Comparison.Surname, (int)NameLevel.Different);
        }

        if (one.Company != 0 && other.Company != 0 && !one.IsWholeName && !other.IsWholeName)
        {
            var company = CompareCompanies(one.Company, other.Company);
            vector = vector.With(
                Comparison.Company, (int)(company <= NameLevel.Partial ? NameLevel.Elsewhere : NameLevel.DifferentElsewhere));
        }

        var (given, surname) = (CompareNames(one.GivenName, other.GivenName), CompareNames(one.Surname, other.Surname));
        var isSwapped = false;
        if (given >= NameLevel.Weak || surname >= NameLevel.Weak || (given == NameLevel.Missing && surname == NameLevel.Missing))
        {
            var crossedGiven = CompareNames(one.GivenName, other.Surname);
            var crossedSurname = CompareNames(one.Surname, other.GivenName);
            isSwapped = crossedGiven < NameLevel.Weak && crossedSurname < NameLevel.Weak
                && Distance(crossedGiven) + Distance(crossedSurname) + 3 <= Distance(given) + Distance(surname);
            (given, surname) = isSwapped ? (crossedGiven, crossedSurname) : (given, surname);
        }

        return vector.With(Comparison.GivenName, (int)given).With(Comparison.Surname, (int)surname).With(
            Comparison.NameOrder, given == NameLevel.Missing && surname == NameLevel.Missing ? 0 : 1 + (isSwapped ? 1 : 0));
    }

    private NameLevel CompareNames(int one, int other)
    {
        ref var known = ref Recall(one, other, out var isKnown);
        return isKnown ? known : known = NameComparer.Compare(pool[one], pool[other]);
    }

    private NameLevel CompareLines(int one, int other)
    {
        ref var known = ref Recall(one, other, out var isKnown);
        return isKnown ? known : known = NameComparer.CompareLines(pool[one], pool[other]);
    }

    private NameLevel CompareCompanies(int one, int other)
    {
        ref var known = ref Recall(one, other, out var isKnown);
        return isKnown ? known : known = NameComparer.CompareCompanies(pool[one], pool[other], weightOfWord);
    }

    // The numbers of two values say how they are compared, because each field has its own.
    private ref NameLevel Recall(int one, int other, out bool isKnown)
    {
        var pair = ((ulong)Math.Min(one, other) << 32) | (uint)Math.Max(one, other);
        var place = (int)((pair * 0x9E3779B97F4A7C15) >> shift);
        isKnown = knownPairs[place] == pair;
        knownPairs[place] = pair;
        return ref knownLevels[place];
    }

    private static bool IsCompany(in MatchRecord record) => record.IsOrganization && !record.IsWholeName && record.Company != 0;

    private static int Distance(NameLevel level) => level switch
    {
        NameLevel.Equal => 0,
        NameLevel.Near => 1,
        NameLevel.Similar or NameLevel.Partial => 2,
        NameLevel.Missing => 3,
        NameLevel.Weak => 4,
        _ => 5,
    };

    private EmailLevel CompareEmails(in MatchRecord one, in MatchRecord other)
    {
        if (one.Email == 0 || other.Email == 0)
        {
            return EmailLevel.Missing;
        }

        var email = pool[one.Email];
        var domain = pool.Find(MatchField.EmailDomain, email[(email.LastIndexOf((byte)'@') + 1)..]);
        return ValueComparer.CompareEmails(email, pool[other.Email], countOf(domain) > commonDomain);
    }

    private CodeLevel CompareCodes(int one, int other, int minNearLength)
    {
        if (one == 0 || other == 0)
        {
            return CodeLevel.Missing;
        }

        if (one == other)
        {
            return CodeLevel.Equal;
        }

        var first = pool[one];
        var second = pool[other];
        return Math.Min(first.Length, second.Length) >= minNearLength && StringDistance.Edits(first, second, 1) <= 1
            ? CodeLevel.Near : CodeLevel.Different;
    }

    private ComparisonVector CompareAddresses(in MatchRecord one, in MatchRecord other, ComparisonVector vector)
    {
        var street = CompareLines(one.Street, other.Street);
        var line2 = CompareLine2(CompareLines(one.AddressLine2, other.AddressLine2));
        if ((street is NameLevel.Missing or >= NameLevel.Partial) && (one.AddressLine2 != 0 || other.AddressLine2 != 0))
        {
            var crossed = CompareLines(one.Street, other.AddressLine2);
            var otherCrossed = CompareLines(one.AddressLine2, other.Street);
            if (crossed is NameLevel.Equal or NameLevel.Near || otherCrossed is NameLevel.Equal or NameLevel.Near)
            {
                (street, line2) = (NameLevel.Elsewhere, CodeLevel.Missing);
            }
        }

        var place = ComparePlaces(one, other);
        return vector.With(Comparison.Street, (int)street).With(Comparison.AddressLine2, (int)line2)
            .With(Comparison.HouseNumber, (int)CompareCodes(one.HouseNumber, other.HouseNumber, 2))
            .With(Comparison.Place, place)
            .With(Comparison.Region, (int)CompareRegions(one, other, place));
    }

    private static CodeLevel CompareLine2(NameLevel level) => level switch
    {
        NameLevel.Missing => CodeLevel.Missing,
        NameLevel.Equal => CodeLevel.Equal,
        NameLevel.Near or NameLevel.Similar => CodeLevel.Near,
        _ => CodeLevel.Different,
    };

    private int ComparePlaces(in MatchRecord one, in MatchRecord other)
    {
        var postalCode = CompareCodes(one.PostalCode, other.PostalCode, MinCodeLength);
        var city = CompareCities(one.City, other.City);
        return ((int)postalCode << 2) | (int)city;
    }

    private CodeLevel CompareCities(int one, int other) => CompareLines(one, other) switch
    {
        NameLevel.Missing => CodeLevel.Missing,
        NameLevel.Equal => CodeLevel.Equal,
        NameLevel.Near or NameLevel.Similar or NameLevel.Partial => CodeLevel.Near,
        _ => StringDistance.JaroWinkler(pool[one], pool[other]) > 0.88 ? CodeLevel.Near : CodeLevel.Different,
    };

    // An equal city or postal code says everything about the state.
    private static CodeLevel CompareRegions(in MatchRecord one, in MatchRecord other, int place)
    {
        if (one.Country != 0 && other.Country != 0 && one.Country != other.Country)
        {
            return CodeLevel.Different;
        }

        var isKnown = place >> 2 == (int)CodeLevel.Equal || (place & 3) == (int)CodeLevel.Equal;
        if (isKnown || one.State == 0 || other.State == 0)
        {
            return CodeLevel.Missing;
        }

        return one.State == other.State ? CodeLevel.Equal : CodeLevel.Near;
    }
}
