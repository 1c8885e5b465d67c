using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Sessions;

/// <summary>Which session and which of its generations a refresh token stands for.</summary>
public readonly record struct RefreshTokenContent(Guid SessionId, int Generation);

/// <summary>Refresh tokens: session id, generation and their HMAC-SHA256, 70 URL-safe characters. Nothing of them is stored.</summary>
public sealed class RefreshTokens(MasterKey master)
{
    private const int ContentLength = 20;
    private const int Length = ContentLength + HMACSHA256.HashSizeInBytes;
    private readonly byte[] key = master.Derive("patron refresh tokens 1");

    public string Write(Guid sessionId, int generation)
    {
        Span<byte> token = stackalloc byte[Length];
        sessionId.TryWriteBytes(token, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(token[16..], generation);
        HMACSHA256.HashData(key, token[..ContentLength], token[ContentLength..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>What a token says, or null when it was not written here.</summary>
    public RefreshTokenContent? Read(string? token)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (token is null || token.Length != Base64Url.GetEncodedLength(Length)
            || Base64Url.DecodeFromChars(token, bytes, out var read, out var written) != System.Buffers.OperationStatus.Done
            || read != token.Length || written != Length)
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes[..ContentLength], expected);
        return CryptographicOperations.FixedTimeEquals(expected, bytes[ContentLength..])
            ? new RefreshTokenContent(new Guid(bytes[..16], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes[16..]))
            : null;
    }
}
