using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Patron.Shared.Secrets;

/// <summary>Random secrets that are shown once and stored only as SHA-256. Secrets of 256 random bits need no slow hash.</summary>
public static class Secret
{
    /// <summary>A new secret of 256 bits, as 43 URL-safe characters.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash that is stored.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether the secret matches the stored hash, compared in constant time.</summary>
    public static bool Matches(string secret, byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash(secret), hash);
}
