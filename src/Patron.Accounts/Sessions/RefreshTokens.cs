using System.Buffers.Binary;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Sessions;

/// <summary>Which session and which of its generations a refresh token stands for.</summary>
public readonly record struct RefreshTokenContent(Guid SessionId, int Generation);

/// <summary>Refresh tokens: session id, generation and their HMAC-SHA256, 70 URL-safe characters. Nothing of them is stored.</summary>
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

    /// <summary>What a token says, or null when it was not written here.</summary>
    public RefreshTokenContent? Read(string? token)
    {
        Span<byte> content = stackalloc byte[Length];
        return tokens.TryRead(token, content)
            ? new RefreshTokenContent(new Guid(content[..16], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(content[16..]))
            : null;
    }
}
