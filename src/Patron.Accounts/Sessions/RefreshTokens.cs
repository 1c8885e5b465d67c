using System.Buffers.Binary;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Sessions;

/// <summary>The session and generation of a refresh token.</summary>
public readonly record struct RefreshTokenContent(Guid SessionId, int Generation);

/// <summary>
/// Writes and reads refresh tokens: session id, generation and their HMAC-SHA256 as 70 URL-safe characters. Tokens are not stored.
/// </summary>
public sealed class RefreshTokens(MasterKey master)
{
    private const int Length = 20;
    private readonly SignedBytes tokens = new(master.Derive("patron refresh tokens 1"), Length);

    public string Write(Guid sessionId, int generation)
    {
        Span<byte> content = stackalloc byte[Length];
        sessionId.TryWriteBytes(content, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(content[16..], generation);
        return tokens.Write(content);
    }

    /// <summary>Returns the content of a token, or null if its signature is wrong.</summary>
    public RefreshTokenContent? Read(string? token)
    {
        Span<byte> content = stackalloc byte[Length];
        return tokens.TryRead(token, content)
            ? new RefreshTokenContent(new Guid(content[..16], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(content[16..]))
            : null;
    }
}
