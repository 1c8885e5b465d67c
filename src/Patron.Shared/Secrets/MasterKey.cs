using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Patron.Shared.Secrets;

/// <summary>
/// The key that is never stored in the database. It encrypts the stored signing keys, and the key of refresh tokens is derived from it.
/// It comes from the setting <c>Keys:Master</c> (32 bytes, base64) or else from a file of mode 0600 in the data folder, created once.
/// </summary>
public sealed class MasterKey
{
    public const int Length = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] key;

    private MasterKey(byte[] key) => this.key = key;

    /// <summary>The key from the settings.</summary>
    /// <exception cref="FormatException">The text is not 32 bytes in base64.</exception>
    public static MasterKey FromBase64(string text)
    {
        var bytes = new byte[Length];
        if (!Convert.TryFromBase64String(text.Trim(), bytes, out var length) || length != Length)
        {
            throw new FormatException("Keys:Master must be 32 bytes in base64; make one with: openssl rand -base64 32");
        }

        return new MasterKey(bytes);
    }

    /// <summary>The key from its bytes, such as those in a backup.</summary>
    public static MasterKey FromBytes(byte[] bytes) =>
        bytes.Length == Length ? new MasterKey(bytes) : throw new ArgumentException($"A master key has {Length} bytes.", nameof(bytes));

    /// <summary>Identifies the key without revealing it: 16 hexadecimal digits.</summary>
    public string Fingerprint => Convert.ToHexStringLower(Derive("patron master key fingerprint 1"))[..16];

    /// <summary>The key itself, for an encrypted backup.</summary>
    public byte[] Export() => [.. key];

    /// <summary>Writes the key into a new file that only its owner can read.</summary>
    public void WriteTo(string path)
    {
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnlyPermissions.File,
        });
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key)));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The key from a file, which the first call creates. Processes that start at the same time get the same key.</summary>
    public static MasterKey FromFile(string path)
    {
        if (!File.Exists(path))
        {
            OwnerOnlyPermissions.CreateFolder(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Guid.NewGuid():N}"; // Not the process id: processes in different containers can have the same one.
            new MasterKey(RandomNumberGenerator.GetBytes(Length)).WriteTo(temporary);
            MoveIntoPlace(temporary, path);
        }

        return FromBase64(File.ReadAllText(path));
    }

    // File.Move checks for an existing file before it renames, so two processes can both succeed. A hard link succeeds for one of them
    // only.
    private static void MoveIntoPlace(string temporary, string path)
    {
        if (Link(temporary, path) != 0 && !File.Exists(path))
        {
            File.Move(temporary, path, overwrite: false); // This file system has no hard links.
        }

        File.Delete(temporary);
    }

    /// <summary>Derives a key for one purpose (HKDF-SHA256).</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Length, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>Encrypts with AES-256-GCM; returns nonce, tag and ciphertext in this order.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> plain)
    {
        var wrapped = new byte[NonceLength + TagLength + plain.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceLength));
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(wrapped.AsSpan(0, NonceLength), plain, wrapped.AsSpan(NonceLength + TagLength), wrapped.AsSpan(NonceLength, TagLength));
        return wrapped;
    }

    /// <summary>Decrypts what <see cref="Wrap"/> returned; null when it was encrypted with another key or is damaged.</summary>
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

    // DllImport instead of LibraryImport: generated marshalling would need unsafe code in the whole project.
#pragma warning disable CA2101, SYSLIB1054
    [DllImport("libc", EntryPoint = "link"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string file, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
#pragma warning restore CA2101, SYSLIB1054
}
