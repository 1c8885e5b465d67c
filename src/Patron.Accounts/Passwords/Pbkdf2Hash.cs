using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>A PBKDF2 hash, in one of three formats.</summary>
internal sealed class Pbkdf2Hash : ForeignHash
{
    public const string Django = "pbkdf2_sha256$";
    public const string Passlib = "$pbkdf2-sha512$";

    private const int Sha256Bytes = 32;
    private const int Sha512Bytes = 64;

    // ASP.NET Identity: format marker, pseudo-random function, iterations and salt length in front of salt and key.
    private const int IdentityHeader = 13;
    private const int IdentityOldHeader = 1;
    private const int IdentityOldIterations = 1_000;
    private const int IdentitySaltBytes = 16;
    private const int IdentityKeyBytes = 32;

    private readonly HashAlgorithmName algorithm;
    private readonly int iterations;
    private readonly byte[] salt;
    private readonly byte[] key;

    private Pbkdf2Hash(HashAlgorithmName algorithm, int iterations, byte[] salt, byte[] key)
    {
        this.algorithm = algorithm;
        this.iterations = iterations;
        this.salt = salt;
        this.key = key;
    }

    /// <summary><c>pbkdf2_sha256$ITERATIONS$SALT$KEY</c>: the salt is text, the key base64.</summary>
    public static Result<ForeignHash> ReadDjango(string text) => text.Split('$') is [_, var iterations, { Length: > 0 } salt, var key]
        ? Make(HashAlgorithmName.SHA256, iterations, Encoding.UTF8.GetBytes(salt), Decode(key), Sha256Bytes)
        : Damaged;

    /// <summary><c>$pbkdf2-sha512$ROUNDS$SALT$KEY</c>: both in base64 with '.' for '+' and without padding.</summary>
    public static Result<ForeignHash> ReadPasslib(string text) => text.Split('$') is ["", _, var rounds, var salt, var key]
        ? Make(HashAlgorithmName.SHA512, rounds, DecodeAdapted(salt), DecodeAdapted(key), Sha512Bytes)
        : Damaged;

    /// <summary>Base64 of version 2 (SHA-1, 1 000 rounds) or version 3 (function, rounds and lengths are written in it).</summary>
    public static Result<ForeignHash> ReadIdentity(string text) => Decode(text) switch
    {
        [0, .. var old] when old.Length == IdentitySaltBytes + IdentityKeyBytes =>
            new Pbkdf2Hash(HashAlgorithmName.SHA1, IdentityOldIterations, old[..IdentitySaltBytes], old[IdentitySaltBytes..]),
        [1, ..] and { Length: IdentityHeader + IdentitySaltBytes + IdentityKeyBytes } bytes => ReadIdentity(bytes),
        _ => Damaged,
    };

    public override bool Fits(string password) =>
        CryptographicOperations.FixedTimeEquals(Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, algorithm, key.Length), key);

    private static Result<ForeignHash> ReadIdentity(byte[] bytes)
    {
        var function = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(IdentityOldHeader));
        var rounds = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(IdentityOldHeader + sizeof(uint)));
        var saltBytes = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(IdentityOldHeader + (2 * sizeof(uint))));
        HashAlgorithmName? hashing = function switch
        {
            0 => HashAlgorithmName.SHA1,
            1 => HashAlgorithmName.SHA256,
            2 => HashAlgorithmName.SHA512,
            _ => null,
        };
        if (hashing is null || rounds == 0 || saltBytes != IdentitySaltBytes)
        {
            return Damaged;
        }

        return rounds > MaxIterations
            ? TooCostly
            : new Pbkdf2Hash(hashing.Value, (int)rounds, bytes[IdentityHeader..^IdentityKeyBytes], bytes[^IdentityKeyBytes..]);
    }

    private static Result<ForeignHash> Make(HashAlgorithmName algorithm, string iterations, byte[]? salt, byte[]? key, int keyBytes)
    {
        if (iterations.Length == 0 || !iterations.All(char.IsAsciiDigit) || iterations[0] == '0' || salt is null || key?.Length != keyBytes)
        {
            return Damaged;
        }

        return int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds <= MaxIterations
            ? new Pbkdf2Hash(algorithm, rounds, salt, key)
            : TooCostly;
    }

    private static byte[]? DecodeAdapted(string text) =>
        text.Contains('=', StringComparison.Ordinal) ? null : Decode(text.Replace('.', '+').PadRight((text.Length + 3) / 4 * 4, '='));

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
