using System.Runtime.InteropServices;
using System.Text;

namespace Patron.Customers.Matching;

/// <summary>The fields whose values the pool keeps apart and counts.</summary>
internal enum MatchField : byte
{
    GivenName,
    Surname,
    Company,
    CompanyToken,
    LegalForm,
    Email,
    EmailDomain,
    TaxId,
    HouseNumber,
    Street,
    AddressLine2,
    City,
    PostalCode,
    State,
    Country,
}

/// <summary>
/// Stores each distinct value of a field once, in UTF-8, and knows it by a number from 1; 0 is the missing value. A million customers have
/// millions of values but far fewer distinct ones, and a string object costs more than most names. Reading is thread-safe, adding is not.
/// </summary>
public sealed class ValuePool
{
    /// <summary>Longer values are cut; what follows decides nothing.</summary>
    public const int MaxLength = 120;

    private const int ChunkSize = 1 << 16;
    private const int InitialSize = 64;

    private readonly List<byte[]> chunks = [];
    private int[] places = new int[InitialSize];
    private int[] counts = new int[InitialSize];
    private byte[] lengths = new byte[InitialSize];
    private int[] slots = new int[2 * InitialSize];
    private int used = ChunkSize;

    /// <summary>The number of values, including the missing one.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>The value with this number.</summary>
    public ReadOnlySpan<byte> this[int id] => id == 0 ? default : Stored(id)[1..];

    /// <summary>How many records have the value.</summary>
    public int CountOf(int id) => counts[id];

    /// <summary>The value as a string.</summary>
    internal string TextOf(int id) => Encoding.UTF8.GetString(this[id]);

    internal MatchField FieldOf(int id) => (MatchField)Stored(id)[0];

    /// <summary>The number of the value, which is added if it is new, and counted.</summary>
    internal int Add(MatchField field, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        Span<byte> key = stackalloc byte[1 + MaxLength];
        key[0] = (byte)field;
        Encoding.UTF8.TryGetBytes(text, key[1..], out var written);
        if (written == 0)
        {
            Encoding.UTF8.TryGetBytes(text[..(MaxLength / 3)], key[1..], out written);
        }

        return Add(key[..(1 + written)]);
    }

    /// <summary>The number of the value; 0 if there is none.</summary>
    internal int Find(MatchField field, ReadOnlySpan<byte> value)
    {
        Span<byte> key = stackalloc byte[1 + MaxLength];
        key[0] = (byte)field;
        value.CopyTo(key[1..]);
        return slots[FindSlot(key[..(1 + value.Length)])];
    }

    private int Add(ReadOnlySpan<byte> key)
    {
        var slot = FindSlot(key);
        var id = slots[slot];
        if (id == 0)
        {
            id = slots[slot] = Store(key);
            if (Count > slots.Length / 4 * 3)
            {
                Grow();
            }
        }

        counts[id]++;
        return id;
    }

    private ReadOnlySpan<byte> Stored(int id) => chunks[places[id] / ChunkSize].AsSpan(places[id] % ChunkSize, lengths[id]);

    private int Store(ReadOnlySpan<byte> key)
    {
        if (used + key.Length > ChunkSize)
        {
            chunks.Add(new byte[ChunkSize]);
            used = 0;
        }

        if (Count == places.Length)
        {
            Array.Resize(ref places, Count + (Count / 2));
            Array.Resize(ref counts, places.Length);
            Array.Resize(ref lengths, places.Length);
        }

        key.CopyTo(chunks[^1].AsSpan(used));
        (places[Count], lengths[Count]) = (((chunks.Count - 1) * ChunkSize) + used, (byte)key.Length);
        used += key.Length;
        return Count++;
    }

    private int FindSlot(ReadOnlySpan<byte> key)
    {
        var slot = (int)(ContentHash.Of(key) & (ulong)(slots.Length - 1));
        while (slots[slot] != 0 && !Stored(slots[slot]).SequenceEqual(key))
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        return slot;
    }

    private void Grow()
    {
        slots = new int[slots.Length * 2];
        for (var id = 1; id < Count; id++)
        {
            slots[FindSlot(Stored(id))] = id;
        }
    }
}

/// <summary>A 64-bit hash of content that is the same in every process (FNV-1a with the finalizer of MurmurHash3).</summary>
internal static class ContentHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Offset;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * Prime;
        }

        return Mix(hash);
    }

    public static ulong Of(ReadOnlySpan<char> text) => Of(MemoryMarshal.AsBytes(text));

    /// <summary>Adds a value to a hash; the order counts.</summary>
    public static ulong Combine(ulong hash, ulong value) => Mix(((hash << 5) | (hash >> 59)) ^ (value * Prime));

    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
