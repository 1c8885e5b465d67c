using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Patron.Shared.Tokens;

/// <summary>SHA-256 of a token: what a verified token is remembered by, so that memory holds no tokens.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TokenFingerprint(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    public static TokenFingerprint Of(ReadOnlySpan<byte> token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(token, hash);
        return MemoryMarshal.Read<TokenFingerprint>(hash);
    }

    // SHA-256 is spread evenly already. Nobody can crowd a bucket: only genuine tokens get in.
    public override int GetHashCode() => (int)First;
}

/// <summary>
/// Remembers tokens whose signature was found genuine. Two generations: when the young one is full it becomes the old one, and
/// the old one is dropped whole. Reading takes no lock and allocates nothing; nothing has to be swept.
/// </summary>
internal sealed class VerifiedTokens(int capacity)
{
    private readonly int half = capacity / 2;
    private volatile Generation young = new();
    private volatile Generation old = new();

    public int Count => young.Entries.Count + old.Entries.Count;

    public AccessTokenClaims? Find(in TokenFingerprint token, DateTimeOffset now) =>
        (young.Entries.TryGetValue(token, out var entry) || old.Entries.TryGetValue(token, out entry)) && now < entry.Until
            ? entry.Claims
            : null;

    public void Add(in TokenFingerprint token, AccessTokenClaims claims, DateTimeOffset until)
    {
        // Taking a place first keeps the bound exact. Whoever comes between the last place and the change is verified again later.
        var generation = young;
        var place = Interlocked.Increment(ref generation.Places);
        if (place <= half)
        {
            generation.Entries[token] = new Entry(claims, until);
        }

        if (place == half) // one thread only sees this number
        {
            old = generation;
            young = new Generation();
        }
    }

    private sealed record Entry(AccessTokenClaims Claims, DateTimeOffset Until);

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<TokenFingerprint, Entry> Entries = new();
        public int Places;
    }
}
