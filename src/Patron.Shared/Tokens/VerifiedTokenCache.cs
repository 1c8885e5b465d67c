using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Patron.Shared.Tokens;

/// <summary>The SHA-256 hash of a token. It is the cache key, so that no tokens are kept in memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TokenFingerprint(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    public static TokenFingerprint Compute(ReadOnlySpan<byte> token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(token, hash);
        return MemoryMarshal.Read<TokenFingerprint>(hash);
    }

    // SHA-256 is evenly distributed, and only genuine tokens are cached, so nobody can provoke collisions.
    public override int GetHashCode() => (int)First;
}

/// <summary>
/// Caches tokens whose signature has been verified, in two segments: when the current segment is full, it replaces the previous one, whose
/// entries are dropped. Reads take no lock and allocate nothing, and no cleanup is needed.
/// </summary>
internal sealed class VerifiedTokenCache(int capacity)
{
    private readonly int segmentCapacity = capacity / 2;
    private volatile Segment current = new();
    private volatile Segment previous = new();

    public int Count => current.Entries.Count + previous.Entries.Count;

    public AccessTokenClaims? Find(in TokenFingerprint token, DateTimeOffset now) =>
        (current.Entries.TryGetValue(token, out var entry) || previous.Entries.TryGetValue(token, out entry)) && now < entry.ExpiresAt
            ? entry.Claims
            : null;

    public void Add(in TokenFingerprint token, AccessTokenClaims claims, DateTimeOffset expiresAt)
    {
        // The slot is reserved first, which keeps the capacity exact. A token that gets no slot is verified again the next time.
        var segment = current;
        var slot = Interlocked.Increment(ref segment.ReservedSlots);
        if (slot <= segmentCapacity)
        {
            segment.Entries[token] = new CacheEntry(claims, expiresAt);
        }

        if (slot == segmentCapacity) // Only one thread gets this number.
        {
            previous = segment;
            current = new Segment();
        }
    }

    private sealed record CacheEntry(AccessTokenClaims Claims, DateTimeOffset ExpiresAt);

    private sealed class Segment
    {
        public readonly ConcurrentDictionary<TokenFingerprint, CacheEntry> Entries = new();
        public int ReservedSlots;
    }
}
