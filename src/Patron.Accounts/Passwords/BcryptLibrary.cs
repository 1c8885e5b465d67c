using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Patron.Accounts.Passwords;

/// <summary>The C library that computes bcrypt; part of every Debian and Ubuntu. Safe for any number of callers at once.</summary>
internal sealed class BcryptLibrary
{
    // sizeof(struct crypt_data) in crypt.h.
    private const int WorkBytes = 32_768;

    private readonly CryptRn crypt;

    private BcryptLibrary(CryptRn crypt) => this.crypt = crypt;

    // int crypt_rn(phrase, setting, data, size), with texts that end in NUL; null on failure.
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint CryptRn(byte[] phrase, byte[] setting, nint data, int size);

    /// <summary>This machine's; null where there is none.</summary>
    public static BcryptLibrary? Installed { get; } = Find("libcrypt.so.1", "libcrypt.so.2");

    /// <summary>The first of these that is there and can do it.</summary>
    public static BcryptLibrary? Find(params string[] names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "crypt_rn", out var function))
            {
                return new BcryptLibrary(Marshal.GetDelegateForFunctionPointer<CryptRn>(function));
            }
        }

        return null;
    }

    /// <summary>The hash of a password with the cost and salt of another hash; null when the library cannot compute it.</summary>
    public byte[]? Compute(ReadOnlySpan<byte> password, ReadOnlySpan<byte> setting)
    {
        // Pinned, because the result is a place in it.
        var work = GC.AllocateArray<byte>(WorkBytes, pinned: true);
        byte[] phrase = [.. password, 0];
        try
        {
            var result = crypt(phrase, [.. setting, 0], Marshal.UnsafeAddrOfPinnedArrayElement(work, 0), WorkBytes);
            return result == 0 ? null : Encoding.ASCII.GetBytes(Marshal.PtrToStringUTF8(result)!);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(work);
        }
    }
}
