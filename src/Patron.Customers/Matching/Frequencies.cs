namespace Patron.Customers.Matching;

/// <summary>How often the values of an organization's records occur.</summary>
internal sealed class Frequencies
{
    // Up to this number a value can be one customer's, who is there several times.
    private const int MaxOfOneCustomer = 20;
    private const double MaxAdjustment = 5; // In natural logarithms, a factor of 150.

    private readonly ValuePool pool;
    private readonly Dictionary<int, int> birthDates = [];
    private readonly Dictionary<ulong, int> phones = [];
    private readonly int count;

    public Frequencies(RecordSet records)
    {
        (pool, count) = (records.Pool, records.Count);
        var numbers = new ulong[count];
        for (var rank = 0; rank < count; rank++)
        {
            ref readonly var record = ref records[rank];
            numbers[rank] = record.Phone;
            birthDates[record.BirthDate] = birthDates.GetValueOrDefault(record.BirthDate) + 1;
        }

        Array.Sort(numbers);
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && numbers[end] == numbers[start])
            {
                end++;
            }

            if (end - start > MaxOfOneCustomer)
            {
                phones.Add(numbers[start], end - start);
            }

            start = end;
        }
    }

    public FrequencyAdjustment Adjust(MatchModel model, ComparisonVector vector, in MatchRecord one, in MatchRecord other)
    {
        var isSwapped = vector.HasSwappedNames;
        var given = vector.GivenName == NameLevel.Equal && !isSwapped ? Name(model, Comparison.GivenName, one.GivenName) : 0;
        var surname = vector.Surname == NameLevel.Equal && !isSwapped ? Name(model, Comparison.Surname, one.Surname) : 0;
        var birth = vector.BirthDate == DateLevel.Equal ? Rare(model, Comparison.BirthDate, birthDates[one.BirthDate]) : 0;
        var phone = vector.Phone == CodeLevel.Equal ? Rare(model, Comparison.Phone, phones.GetValueOrDefault(one.Phone)) : 0;
        var email = vector.Email == EmailLevel.Equal ? Rare(model, Comparison.Email, pool.CountOf(one.Email)) : 0;
        var company = vector.Company == NameLevel.Equal ? Name(model, Comparison.Company, one.Company) : 0;
        return new FrequencyAdjustment(given + birth, surname, phone, email, company, AdjustAddress(model, vector, one, other));
    }

    private double AdjustAddress(MatchModel model, ComparisonVector vector, in MatchRecord one, in MatchRecord other)
    {
        var house = vector.HouseNumber == CodeLevel.Equal ? Name(model, Comparison.HouseNumber, one.HouseNumber) : 0;
        var street = vector.Street == NameLevel.Equal ? Name(model, Comparison.Street, one.Street) : 0;
        var line2 = vector.AddressLine2 == CodeLevel.Equal ? Name(model, Comparison.AddressLine2, one.AddressLine2) : 0;
        if (vector.PostalCode == CodeLevel.Equal)
        {
            var all = model.Others[(int)Comparison.Place];
            return house + street + line2 + Adjust(vector.City == CodeLevel.Missing ? all[4] : all[5] + all[6] + all[7], Share(one.PostalCode));
        }

        if (vector.City == CodeLevel.Equal)
        {
            var all = model.Others[(int)Comparison.Place];
            return house + street + line2
                + Adjust(vector.PostalCode == CodeLevel.Missing ? all[1] : all[5] + all[9] + all[13], Share(one.City));
        }

        return house + street + line2;
    }

    private double Name(MatchModel model, Comparison comparison, int value) => Adjust(model.Others[(int)comparison][1], Share(value));

    // The two records themselves say nothing about the others.
    private double Share(int value) => (Math.Max(0, pool.CountOf(value) - 2) + 1.0) / (count + 1);

    // Hardly any two customers have the same value, unless it is a dummy or that of an office.
    private double Rare(MatchModel model, Comparison comparison, int occurrences)
    {
        var average = model.Others[(int)comparison][1];
        return Adjust(average, Math.Max(average, Math.Max(0, occurrences - MaxOfOneCustomer) / (count + 1.0)));
    }

    private static double Adjust(double average, double share) => Math.Clamp(Math.Log(average / share), -MaxAdjustment, MaxAdjustment);
}
