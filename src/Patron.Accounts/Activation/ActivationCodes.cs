using System.Security.Cryptography;
using System.Text;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Activation;

/// <summary>
/// Short codes that are sent by mail. Few digits could be recovered from a plain hash, so codes are stored as HMAC-SHA256 with a key
/// outside of the database, and bound to their challenge.
/// </summary>
public sealed class ActivationCodes(MasterKey master)
{
    public const int MinDigits = 6;
    public const int MaxDigits = 8;
    private readonly byte[] key = master.Derive("patron activation codes 1");

    public static string New(int digits) => RandomNumberGenerator.GetString("0123456789", digits);

    /// <summary>Returns the typed code without spaces, or null if it cannot be a code.</summary>
    public static string? Read(string? typed)
    {
        var code = typed?.Replace(" ", "", StringComparison.Ordinal);
        return code is { Length: >= MinDigits and <= MaxDigits } && code.All(char.IsAsciiDigit) ? code : null;
    }

    public byte[] Hash(Guid challengeId, string code) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{challengeId:N} {code}"));

    /// <summary>Compares in constant time. A challenge without a code takes as long.</summary>
    public bool Matches(Guid challengeId, string code, byte[]? hash) =>
        CryptographicOperations.FixedTimeEquals(Hash(challengeId, code), hash ?? new byte[HMACSHA256.HashSizeInBytes]);
}
