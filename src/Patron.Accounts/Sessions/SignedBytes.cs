using System.Buffers.Text;
using System.Security.Cryptography;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Writes a fixed number of bytes with their HMAC-SHA256 as URL-safe text, for tokens that are verified without being stored.
/// </summary>
internal sealed class SignedBytes(byte[] key, int length)
{
    private readonly int signedLength = length + HMACSHA256.HashSizeInBytes;

    public string Write(ReadOnlySpan<byte> content)
    {
        Span<byte> signed = stackalloc byte[signedLength];
        content.CopyTo(signed);
        HMACSHA256.HashData(key, signed[..length], signed[length..]);
        return Base64Url.EncodeToString(signed);
    }

    /// <summary>Reads the bytes into <paramref name="content"/>. Returns false if the text was not written with this key.</summary>
    public bool TryRead(string? text, Span<byte> content)
    {
        Span<byte> signed = stackalloc byte[signedLength];
        if (text is null || text.Length != Base64Url.GetEncodedLength(signedLength)
            || Base64Url.DecodeFromChars(text, signed, out var read, out var written) != System.Buffers.OperationStatus.Done
            || read != text.Length || written != signedLength)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed[..length], expected);
        signed[..length].CopyTo(content);
        return CryptographicOperations.FixedTimeEquals(expected, signed[length..]);
    }
}
