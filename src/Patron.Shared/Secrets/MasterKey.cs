using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Patron.Shared.Secrets;

/// <summary>
/// The one key that is never in the database: it wraps the signing keys at rest and derives the key of refresh tokens.
/// From the setting <c>Keys:Master</c> (32 bytes, base64), else from a file of mode 0600 in the data folder, made once.
/// </summary>
public sealed class MasterKey
{
    public const int Length = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] key;

    private MasterKey(byte[] key) => this.key = key;

    /// <summary>The key from the settings. Throws <see cref="FormatException"/> with a sentence when it is not 32 bytes of base64.</summary>
    public static MasterKey FromBase64(string text)
    {
        var bytes = new byte[Length];
        if (!Convert.TryFromBase64String(text.Trim(), bytes, out var length) || length != Length)
        {
            throw new FormatException("Keys:Master must be 32 bytes in base64; make one with: openssl rand -base64 32");
        }

        return new MasterKey(bytes);
    }

    /// <summary>The key from a file, made at the first call; two processes that start at once end with the same key.</summary>
    public static MasterKey FromFile(string path)
    {
        if (!File.Exists(path))
        {
            OwnerOnly.MakeFolder(Path.GetDirectoryName(path)!);
            var mine = $"{path}.{Guid.NewGuid():N}"; // Not by the process: in containers they all have the same number.
            using (var stream = new FileStream(mine, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly.File,
            }))
            {
                stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length))));
                stream.Flush(flushToDisk: true);
            }

            Claim(path, mine);
        }

        return FromBase64(File.ReadAllText(path));
    }

    // File.Move looks whether the name is free before it takes it, and several may find it free. A second name for a file is given to one of them.
    private static void Claim(string path, string mine)
    {
        if (Link(mine, path) != 0 && !File.Exists(path))
        {
            File.Move(mine, path, overwrite: false); // No second names on this file system.
        }

        File.Delete(mine);
    }

    /// <summary>A key for one purpose (HKDF-SHA256).</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Length, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>AES-256-GCM: nonce, tag and ciphertext in one.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> plain)
    {
        var wrapped = new byte[NonceLength + TagLength + plain.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceLength));
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(wrapped.AsSpan(0, NonceLength), plain, wrapped.AsSpan(NonceLength + TagLength), wrapped.AsSpan(NonceLength, TagLength));
        return wrapped;
    }

    /// <summary>The wrapped bytes, or null when they were wrapped by another key or damaged.</summary>
    public byte[]? Unwrap(ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < NonceLength + TagLength)
        {
            return null;
        }

        var plain = new byte[wrapped.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        try
        {
            aes.Decrypt(wrapped[..NonceLength], wrapped[(NonceLength + TagLength)..], wrapped.Slice(NonceLength, TagLength), plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    // The string is UTF-8; generated marshalling would need unsafe code in the whole project.
#pragma warning disable CA2101, SYSLIB1054
    [DllImport("libc", EntryPoint = "link"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string file, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
#pragma warning restore CA2101, SYSLIB1054
}
