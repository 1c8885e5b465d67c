using System.Security.Cryptography;
using System.Text;
using Patron.Shared.Results;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Users;

/// <summary>
/// Short codes that are sent by mail. Few digits could be recovered from a plain hash, so codes are stored as HMAC-SHA256 with a key
/// outside of the database, and bound to the row that they belong to.
/// </summary>
public sealed class MailedCodes(MasterKey master)
{
    public const int MinDigits = 6;
    public const int MaxDigits = 8;

    /// <summary>The answer to a code that is too old, was used, or was typed wrong too often.</summary>
    public static readonly Error Ended = Error.Rule(
        "code_expired", "This code has expired or has already been used. Request a new one.");

    private readonly byte[] key = master.Derive("patron activation codes 1");

    public static string New(int digits) => RandomNumberGenerator.GetString("0123456789", digits);

    /// <summary>Returns the typed code without spaces, or null if it cannot be a code.</summary>
    public static string? Read(string? typed)
    {
        var code = typed?.Replace(" ", "", StringComparison.Ordinal);
        return code is { Length: >= MinDigits and <= MaxDigits } && code.All(char.IsAsciiDigit) ? code : null;
    }

    public byte[] Hash(Guid rowId, string code) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{rowId:N} {code}"));

    /// <summary>Compares in constant time. A row without a code takes as long.</summary>
    public bool Matches(Guid rowId, string code, byte[]? hash) =>
        CryptographicOperations.FixedTimeEquals(Hash(rowId, code), hash ?? new byte[HMACSHA256.HashSizeInBytes]);
}
