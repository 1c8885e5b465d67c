namespace Patron.Customers.Matching;

/// <summary>Compares two records field by field. Thread-safe.</summary>
internal sealed class PairComparer
{
    private const int MinCodeLength = 4;

    private readonly ValuePool pool;
    private readonly Func<ReadOnlySpan<byte>, double> weightOfWord;

    /// <param name="pool">The values of both records.</param>
    /// <param name="records">How many records the pool was filled from.</param>
    public PairComparer(ValuePool pool, int records)
    {
        this.pool = pool;
        weightOfWord = word => Math.Log(1 + ((records + 100.0) / (1 + pool.CountOf(pool.Find(MatchField.CompanyToken, word)))));
    }

    public ComparisonVector Compare(in MatchRecord one, in MatchRecord other)
    {
        var vector = CompareNames(one, other)
            .With(Comparison.BirthDate, (int)ValueComparer.CompareDates(one.BirthDate, other.BirthDate))
            .With(Comparison.Phone, (int)ValueComparer.ComparePhones(one, other))
            .With(Comparison.Email, (int)ValueComparer.CompareEmails(pool[one.Email], pool[other.Email]))
            .With(Comparison.TaxId, (int)CompareCodes(one.TaxId, other.TaxId, MinCodeLength));
        return CompareAddresses(one, other, vector);
    }

    private ComparisonVector CompareNames(in MatchRecord one, in MatchRecord other)
    {
        var vector = default(ComparisonVector);
        if (one.IsOrganization && other.IsOrganization)
        {
            return vector.With(Comparison.Company, (int)NameComparer.CompareCompanies(pool[one.Company], pool[other.Company], weightOfWord));
        }

        if (one.Company != 0 && other.Company != 0 && !one.IsWholeName && !other.IsWholeName)
        {
            var company = NameComparer.CompareCompanies(pool[one.Company], pool[other.Company], weightOfWord);
            vector = vector.With(
                Comparison.Company, (int)(company <= NameLevel.Partial ? NameLevel.Elsewhere : NameLevel.DifferentElsewhere));
        }

        var (given, surname) = (NameComparer.Compare(pool[one.GivenName], pool[other.GivenName]), NameComparer.Compare(pool[one.Surname], pool[other.Surname]));
        var isSwapped = false;
        if (given >= NameLevel.Weak || surname >= NameLevel.Weak || (given == NameLevel.Missing && surname == NameLevel.Missing))
        {
            var crossedGiven = NameComparer.Compare(pool[one.GivenName], pool[other.Surname]);
            var crossedSurname = NameComparer.Compare(pool[one.Surname], pool[other.GivenName]);
            isSwapped = Distance(crossedGiven) + Distance(crossedSurname) + 3 <= Distance(given) + Distance(surname);
            (given, surname) = isSwapped ? (crossedGiven, crossedSurname) : (given, surname);
        }

        return vector.With(Comparison.GivenName, (int)given).With(Comparison.Surname, (int)surname).With(
            Comparison.NameOrder, given == NameLevel.Missing && surname == NameLevel.Missing ? 0 : 1 + (isSwapped ? 1 : 0));
    }

    private static int Distance(NameLevel level) => level switch
    {
        NameLevel.Equal => 0,
        NameLevel.Near => 1,
        NameLevel.Similar or NameLevel.Partial => 2,
        NameLevel.Missing => 3,
        NameLevel.Weak => 4,
        _ => 5,
    };

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
        return Math.Min(first.Length, second.Length) >= minNearLength && StringDistance.Edits(first, second, 1) <= 1 ? CodeLevel.Near : CodeLevel.Different;
    }

    private ComparisonVector CompareAddresses(in MatchRecord one, in MatchRecord other, ComparisonVector vector)
    {
        var street = NameComparer.CompareLines(pool[one.Street], pool[other.Street]);
        var line2 = CompareLine2(pool[one.AddressLine2], pool[other.AddressLine2]);
        if ((street is NameLevel.Missing or >= NameLevel.Partial) && (one.AddressLine2 != 0 || other.AddressLine2 != 0))
        {
            var crossed = NameComparer.CompareLines(pool[one.Street], pool[other.AddressLine2]);
            var otherCrossed = NameComparer.CompareLines(pool[one.AddressLine2], pool[other.Street]);
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

    private static CodeLevel CompareLine2(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => NameComparer.CompareLines(one, other) switch
    {
        NameLevel.Missing => CodeLevel.Missing,
        NameLevel.Equal => CodeLevel.Equal,
        NameLevel.Near or NameLevel.Similar => CodeLevel.Near,
        _ => CodeLevel.Different,
    };

    private int ComparePlaces(in MatchRecord one, in MatchRecord other)
    {
        var postalCode = CompareCodes(one.PostalCode, other.PostalCode, MinCodeLength);
        var city = CompareCities(pool[one.City], pool[other.City]);
        return ((int)postalCode << 2) | (int)city;
    }

    private static CodeLevel CompareCities(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => NameComparer.CompareLines(one, other) switch
    {
        NameLevel.Missing => CodeLevel.Missing,
        NameLevel.Equal => CodeLevel.Equal,
        NameLevel.Near or NameLevel.Similar or NameLevel.Partial => CodeLevel.Near,
        _ => StringDistance.JaroWinkler(one, other) > 0.88 ? CodeLevel.Near : CodeLevel.Different,
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
