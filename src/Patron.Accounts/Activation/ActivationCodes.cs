using System.Security.Cryptography;
using System.Text;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Activation;

/// <summary>
/// The short codes that go to a mailbox. So few digits could be found out from a plain hash: they are kept as HMAC-SHA256 with a key that is
/// not in the database, and bound to their challenge.
/// </summary>
public sealed class ActivationCodes(MasterKey master)
{
    public const int LeastDigits = 6;
    public const int MostDigits = 8;
    private readonly byte[] key = master.Derive("patron activation codes 1");

    public static string New(int digits) => RandomNumberGenerator.GetString("0123456789", digits);

    /// <summary>The code as it was typed, without the blanks that people put into numbers; null when it cannot be one.</summary>
    public static string? Read(string? typed)
    {
        var code = typed?.Replace(" ", "", StringComparison.Ordinal);
        return code is { Length: >= LeastDigits and <= MostDigits } && code.All(char.IsAsciiDigit) ? code : null;
    }

    public byte[] Hash(Guid challengeId, string code) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{challengeId:N} {code}"));

    /// <summary>Whether this is the challenge's code; one that has none takes as long.</summary>
    public bool Fits(Guid challengeId, string code, byte[]? hash) => CryptographicOperations.FixedTimeEquals(Hash(challengeId, code), hash ?? new byte[HMACSHA256.HashSizeInBytes]);
}
