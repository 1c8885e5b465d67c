using System.Buffers.Binary;

namespace Patron.IntegrationTests.Accounts;

/// <summary>
/// The parameters of a hash in the format of Identity: a marker, the function and the iterations, four bytes each, then salt and key.
/// </summary>
internal sealed record StoredHash(uint Function, int Iterations)
{
    /// <summary>HMAC with SHA-512.</summary>
    public const uint Sha512 = 2;

    public static StoredHash Read(string text)
    {
        var bytes = Convert.FromBase64String(text).AsSpan();
        return new StoredHash(BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]), BinaryPrimitives.ReadInt32BigEndian(bytes[5..]));
    }
}
