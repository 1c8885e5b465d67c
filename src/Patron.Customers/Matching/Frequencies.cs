namespace Patron.Customers.Matching;

/// <summary>How often the values of an organization's records occur.</summary>
internal sealed class Frequencies
{
    // Up to this number a value can be one customer's, who is there several times.
    private const int MaxOfOneCustomer = 20;
    private const double MaxAdjustment = 5; // In natural logarithms, a factor of 150.

    private readonly Func<int, int> countOf;
    private readonly Func<int, int> countOfBirthDate;
    private readonly Func<ulong, int> countOfPhone;
    private readonly int count;

    /// <summary>The frequencies among the records of a scan.</summary>
    public Frequencies(RecordSet records)
    {
        var birthDates = new Dictionary<int, int>();
        for (var rank = 0; rank < records.Count; rank++)
        {
            birthDates[records[rank].BirthDate] = birthDates.GetValueOrDefault(records[rank].BirthDate) + 1;
        }

        var phones = CountPhones(records);
        (count, countOf) = (records.Count, records.Pool.CountOf);
        (countOfBirthDate, countOfPhone) = (date => birthDates.GetValueOrDefault(date), number => phones.GetValueOrDefault(number));
    }

    /// <summary>The frequencies that were saved with the model of an earlier scan.</summary>
    public Frequencies(FrequencyTable table, ValuePool pool)
    {
        (count, countOf) = (table.Records, value => table.CountOf(FrequencyTable.KeyOf(pool, value)));
        (countOfBirthDate, countOfPhone) = (
            date => table.CountOf(FrequencyTable.KeyOfBirthDate(date)), number => table.CountOf(FrequencyTable.KeyOfPhone(number)));
    }

    // Only the numbers that more records have than one customer can.
    internal static Dictionary<ulong, int> CountPhones(RecordSet records)
    {
        var numbers = new ulong[records.Count];
        for (var rank = 0; rank < records.Count; rank++)
        {
            numbers[rank] = records[rank].Phone;
        }

        Array.Sort(numbers);
        var phones = new Dictionary<ulong, int>();
        for (var start = 0; start < numbers.Length;)
        {
            var end = start + 1;
            while (end < numbers.Length && numbers[end] == numbers[start])
            {
                end++;
            }

            if (end - start > MaxOfOneCustomer)
            {
                phones.Add(numbers[start], end - start);
            }

            start = end;
        }

        return phones;
    }

    public FrequencyAdjustment Adjust(MatchModel model, ComparisonVector vector, in MatchRecord one, in MatchRecord other)
    {
        var isSwapped = vector.HasSwappedNames;
        var given = Name(model, Comparison.GivenName, (int)vector.GivenName, one.GivenName, isSwapped ? other.Surname : other.GivenName);
        var surname = Name(model, Comparison.Surname, (int)vector.Surname, one.Surname, isSwapped ? other.GivenName : other.Surname);
        var birth = vector.BirthDate == DateLevel.Equal ? Rare(model, Comparison.BirthDate, countOfBirthDate(one.BirthDate)) : 0;
        var phone = vector.Phone == CodeLevel.Equal ? Rare(model, Comparison.Phone, countOfPhone(one.Phone)) : 0;
        var email = vector.Email == EmailLevel.Equal ? Rare(model, Comparison.Email, countOf(one.Email)) : 0;
        var company = Name(model, Comparison.Company, (int)vector.Company, one.Company, other.Company);
        return new FrequencyAdjustment(given + birth, surname, phone, email, company, AdjustAddress(model, vector, one, other));
    }

    private double AdjustAddress(MatchModel model, ComparisonVector vector, in MatchRecord one, in MatchRecord other)
    {
        var house = vector.HouseNumber == CodeLevel.Equal ? Name(model, Comparison.HouseNumber, 1, one.HouseNumber, other.HouseNumber) : 0;
        var street = Name(model, Comparison.Street, (int)vector.Street, one.Street, other.Street);
        var line2 = Name(model, Comparison.AddressLine2, (int)vector.AddressLine2, one.AddressLine2, other.AddressLine2);
        if (vector.PostalCode == CodeLevel.Equal)
        {
            var all = model.Others[(int)Comparison.Place];
            return house + street + line2
                + Adjust(vector.City == CodeLevel.Missing ? all[4] : all[5] + all[6] + all[7], Share(one.PostalCode));
        }

        if (vector.City == CodeLevel.Equal)
        {
            var all = model.Others[(int)Comparison.Place];
            return house + street + line2
                + Adjust(vector.PostalCode == CodeLevel.Missing ? all[1] : all[5] + all[9] + all[13], Share(one.City));
        }

        return house + street + line2;
    }

    // A nearly equal value says less if it is a common one; its rarity is no merit, because errors are rare.
    private double Name(MatchModel model, Comparison comparison, int level, int value, int otherValue)
    {
        var average = model.Others[(int)comparison][1];
        return level switch
        {
            (int)NameLevel.Equal => Adjust(average, Math.Max(Share(value), Share(otherValue))),
            (int)NameLevel.Near => Math.Min(0, Adjust(average, Math.Max(Share(value), Share(otherValue)))),
            _ => 0,
        };
    }

    // The two records themselves say nothing about the others.
    private double Share(int value) => (Math.Max(0, countOf(value) - 2) + 1.0) / (count + 1);

    // Hardly any two customers have the same value, unless it is a dummy or that of an office.
    private double Rare(MatchModel model, Comparison comparison, int occurrences)
    {
        var average = model.Others[(int)comparison][1];
        return Adjust(average, Math.Max(average, Math.Max(0, occurrences - MaxOfOneCustomer) / (count + 1.0)));
    }

    private static double Adjust(double average, double share) => Math.Clamp(Math.Log(average / share), -MaxAdjustment, MaxAdjustment);
}
