namespace Patron.Customers.Matching;

/// <summary>Why two records are compared at all.</summary>
public enum KeyKind : byte
{
    None,
    Phone,
    EmailLocalPart,
    TaxId,
    BirthDate,
    BirthDateAndInitial,
    NamesAndBirthYear,
    Names,
    NameAndBirthYear,
    SurnameAndPlace,
    GivenNameAndPlace,
    PostalCodeAndHouseNumber,
    StreetAndHouseNumber,
    CompanyWord,
}

/// <summary>
/// The candidate keys of a record: only records with a common key are compared. A key is a stable 64-bit hash of its kind and content, so
/// it can be stored and looked up. Names are compared by sound and in either order, birth dates with day and month in either order.
/// </summary>
public static class BlockingKeys
{
    /// <summary>The maximum number of records with a common key that are compared with each other.</summary>
    public const int MaxBlock = 100;

    /// <summary>The maximum number of keys of one kind.</summary>
    internal const int MaxPerKind = 12;

    private const ulong PhoneSuffix = 10_000_000;

    internal static readonly IReadOnlyList<KeyKind> Kinds = [.. Enum.GetValues<KeyKind>().Where(kind => kind != KeyKind.None)];

    /// <summary>
    /// All keys of a record. Of records that share a key with more than <see cref="MaxBlock"/> others, a caller takes no more.
    /// </summary>
    public static IReadOnlyList<long> Of(MatchInput input)
    {
        var pool = new ValuePool();
        return Of(MatchRecord.From(input, pool), pool);
    }

    internal static IReadOnlyList<long> Of(in MatchRecord record, ValuePool pool)
    {
        Span<ulong> keys = stackalloc ulong[MaxPerKind];
        var all = new List<long>();
        foreach (var kind in Kinds)
        {
            foreach (var key in keys[..Write(kind, record, pool, keys)])
            {
                all.Add((long)key);
            }
        }

        return [.. all.Distinct()];
    }

    /// <summary>Writes the keys of one kind and returns their number.</summary>
    internal static int Write(KeyKind kind, in MatchRecord record, ValuePool pool, Span<ulong> keys)
    {
        var writer = new KeyWriter(kind, keys);
        switch (kind)
        {
            case KeyKind.Phone:
                writer.Add(record.Phone % PhoneSuffix);
                writer.Add(record.OtherPhone % PhoneSuffix);
                break;
            case KeyKind.EmailLocalPart:
                writer.Add(LocalPart(record, pool));
                break;
            case KeyKind.TaxId:
                writer.Add(Hash(pool, record.TaxId));
                break;
            case KeyKind.BirthDate:
                writer.Add(BirthDate(record));
                break;
            case KeyKind.BirthDateAndInitial:
                writer.Add(BirthDate(record), Initial(pool[record.GivenName]));
                writer.Add(BirthDate(record), Initial(pool[record.Surname]));
                break;
            case KeyKind.NamesAndBirthYear:
                writer.Add(Names(record, pool), (ulong)(record.BirthDate / 10_000));
                break;
            case KeyKind.Names:
                writer.Add(Names(record, pool));
                break;
            case KeyKind.NameAndBirthYear:
                writer.Add(Phonetics.KeyOf(pool[record.GivenName]), (ulong)(record.BirthDate / 10_000));
                writer.Add(Phonetics.KeyOf(pool[record.Surname]), (ulong)(record.BirthDate / 10_000));
                break;
            case KeyKind.SurnameAndPlace:
                WriteWithPlace(ref writer, Phonetics.KeyOf(pool[record.Surname]), record, pool);
                break;
            case KeyKind.GivenNameAndPlace:
                WriteWithPlace(ref writer, Phonetics.KeyOf(pool[record.GivenName]), record, pool);
                break;
            case KeyKind.PostalCodeAndHouseNumber:
                writer.Add(Hash(pool, record.PostalCode), Hash(pool, record.HouseNumber));
                break;
            case KeyKind.StreetAndHouseNumber:
                writer.Add(Phonetics.KeyOf(pool[record.Street]), Hash(pool, record.HouseNumber));
                break;
            case KeyKind.CompanyWord:
                WriteWords(ref writer, pool[record.Company]);
                break;
        }

        return writer.Count;
    }

    /// <summary>A second key that divides a block that is too large, from the more to the less telling; 0 if the record has none.</summary>
    internal static ulong Divide(int depth, in MatchRecord record, ValuePool pool) => depth switch
    {
        0 => Names(record, pool),
        1 => BirthDate(record),
        2 => Hash(pool, record.PostalCode),
        3 => Hash(pool, record.City),
        _ => Hash(pool, record.Street),
    };

    internal const int MaxDivisions = 5;

    private static ulong LocalPart(in MatchRecord record, ValuePool pool)
    {
        if (record.Email == 0)
        {
            return 0;
        }

        var local = ValueComparer.LocalPart(pool[record.Email]);
        Span<byte> letters = stackalloc byte[local.Length];
        var count = 0;
        foreach (var letter in local)
        {
            if (letter is not ((byte)'.' or (byte)'_' or (byte)'-'))
            {
                letters[count++] = letter;
            }
        }

        return count == 0 ? 0 : ContentHash.Of(letters[..count]);
    }

    // Day and month in ascending order.
    private static ulong BirthDate(in MatchRecord record)
    {
        var (year, month, day) = (record.BirthDate / 10_000, record.BirthDate / 100 % 100, record.BirthDate % 100);
        return (ulong)((year * 10_000) + (Math.Min(month, day) * 100) + Math.Max(month, day));
    }

    private static ulong Names(in MatchRecord record, ValuePool pool)
    {
        var (given, surname) = (Phonetics.KeyOf(pool[record.GivenName]), Phonetics.KeyOf(pool[record.Surname]));
        return given == 0 || surname == 0 ? 0 : ContentHash.Combine(Math.Min(given, surname), Math.Max(given, surname));
    }

    private static ulong Initial(ReadOnlySpan<byte> name) => name.IsEmpty ? 0UL : name[0];

    private static ulong Hash(ValuePool pool, int value) => value == 0 ? 0 : ContentHash.Of(pool[value]);

    private static void WriteWithPlace(ref KeyWriter writer, ulong name, in MatchRecord record, ValuePool pool)
    {
        writer.Add(name, Hash(pool, record.PostalCode));
        writer.Add(name, Phonetics.KeyOf(pool[record.City]));
    }

    private static void WriteWords(ref KeyWriter writer, ReadOnlySpan<byte> name)
    {
        foreach (var range in name.Split((byte)' '))
        {
            if (range.End.Value - range.Start.Value > 1)
            {
                writer.Add(ContentHash.Of(name[range]));
            }
        }

        // 'Data Soft' and 'Datasoft'.
        Span<byte> joined = stackalloc byte[name.Length];
        var length = 0;
        foreach (var letter in name)
        {
            if (letter != ' ')
            {
                joined[length++] = letter;
            }
        }

        writer.Add(length == 0 ? 0 : ContentHash.Of(joined[..length]));
    }

    private ref struct KeyWriter(KeyKind kind, Span<ulong> keys)
    {
        private readonly Span<ulong> keys = keys;

        public int Count { get; private set; }

        public void Add(ulong part) => Add(part, 1);

        // A key with a missing part is none.
        public void Add(ulong part, ulong second)
        {
            if (part == 0 || second == 0 || Count == keys.Length)
            {
                return;
            }

            var key = ContentHash.Combine(ContentHash.Combine((ulong)kind, part), second);
            if (!keys[..Count].Contains(key))
            {
                keys[Count++] = key;
            }
        }
    }
}
