namespace Patron.Customers.Matching;

/// <summary>
/// How often the frequent values of an organization's records occur, by a hash of field and value. Saved with the model, so that a single
/// record can be weighed without reading all others. A value that is not listed is rare.
/// </summary>
internal sealed class FrequencyTable(int records, Dictionary<ulong, int> counts)
{
    private const int MaxValues = 20_000;
    private const int LeastCount = 3;
    private const int RareShare = 50_000;
    private const ulong BirthDates = 1;
    private const ulong Phones = 2;

    public static FrequencyTable Empty { get; } = new(0, []);

    /// <summary>The number of the organization's records.</summary>
    public int Records => records;

    public Dictionary<ulong, int> Counts => counts;

    public int CountOf(ulong key) => counts.GetValueOrDefault(key);

    public static ulong KeyOf(ValuePool pool, int value) =>
        value == 0 ? 0 : ContentHash.Combine(ContentHash.Of(pool[value]), 100 + (ulong)pool.FieldOf(value));

    public static ulong KeyOfBirthDate(int date) => ContentHash.Combine((ulong)date, BirthDates);

    public static ulong KeyOfPhone(ulong number) => ContentHash.Combine(number, Phones);

    public static FrequencyTable Of(RecordSet records)
    {
        var counted = new List<(ulong Key, int Count)>();
        var minCount = Math.Max(LeastCount, records.Count / RareShare);
        for (var value = 1; value < records.Pool.Count; value++)
        {
            if (records.Pool.CountOf(value) >= minCount)
            {
                counted.Add((KeyOf(records.Pool, value), records.Pool.CountOf(value)));
            }
        }

        var birthDates = new Dictionary<int, int>();
        for (var rank = 0; rank < records.Count; rank++)
        {
            birthDates[records[rank].BirthDate] = birthDates.GetValueOrDefault(records[rank].BirthDate) + 1;
        }

        counted.AddRange(birthDates.Where(date => date.Value >= minCount).Select(date => (KeyOfBirthDate(date.Key), date.Value)));
        counted.AddRange(Matching.Frequencies.CountPhones(records).Select(phone => (KeyOfPhone(phone.Key), phone.Value)));
        return new FrequencyTable(
            records.Count,
            counted.OrderByDescending(value => value.Count).ThenBy(value => value.Key).Take(MaxValues)
                .ToDictionary(value => value.Key, value => value.Count));
    }
}
