using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Patron.Shared.Secrets;

/// <summary>Random secrets that are handed out once and kept only as SHA-256: 256 bits need no slow hash.</summary>
public static class Secret
{
    /// <summary>A new secret of 256 bits, as 43 URL-safe characters.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored of a secret.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether the secret is the one stored, in time that does not depend on where they differ.</summary>
    public static bool Matches(string secret, byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash(secret), hash);
}
