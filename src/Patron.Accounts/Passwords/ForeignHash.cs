using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>
/// A password hash of another system: Django's <c>pbkdf2_sha256$</c>, passlib's <c>$pbkdf2-sha512$</c> (Odoo), bcrypt's <c>$2y$</c>
/// (Laravel, PHP) or ASP.NET Identity's. It is stored unchanged and replaced by one of ours when its owner signs in.
/// </summary>
internal abstract class ForeignHash
{
    /// <summary>Maximum rounds of PBKDF2: less than a second of one core. The limit of our own hashes is the same.</summary>
    public const int MaxIterations = AccountsOptions.MaxPasswordIterations;

    private const int MaxLength = 1_000;

    protected static readonly Error Damaged = Error.Invalid(
        "password",
        "This password hash is damaged; take it over again, or leave it out: the person can then set a password under 'forgot password'.");
    protected static readonly Error TooCostly = Error.Invalid(
        "password",
        "Checking this password hash would take too long; leave it out: the person can then set a password under 'forgot password'.");

    private static readonly Error Unknown = Error.Invalid(
        "password",
        "Must be a password hash of Django (pbkdf2_sha256), Odoo (pbkdf2-sha512), Laravel (bcrypt) or ASP.NET Identity. Leave it out otherwise: the person can then reset their password.");

    /// <summary>Parses a hash without computing one. Errors: 422 <c>password</c> unknown format, damaged or too costly.</summary>
    public static Result<ForeignHash> Read(string text) => text switch
    {
        { Length: > MaxLength } => Unknown,
        _ when text.StartsWith(Pbkdf2Hash.Django, StringComparison.Ordinal) => Pbkdf2Hash.ReadDjango(text),
        _ when text.StartsWith(Pbkdf2Hash.Passlib, StringComparison.Ordinal) => Pbkdf2Hash.ReadPasslib(text),
        _ when BcryptHash.IsBcrypt(text) => BcryptHash.ReadBcrypt(text),
        _ when IsIdentityHash(text) => Pbkdf2Hash.ReadIdentity(text),
        _ => Unknown,
    };

    /// <summary>Whether this is a hash of ASP.NET Identity, and so one of ours: base64 whose first byte (0 or 1) is the version.</summary>
    public static bool IsIdentityHash(string text) => text.StartsWith('A');

    /// <summary>Whether this is the password. Takes as long as the hash's cost demands.</summary>
    public abstract bool Fits(string password);
}

/// <summary>A bcrypt hash. Only the first 72 bytes of a password count, as in the systems that made the hash.</summary>
internal sealed partial class BcryptHash : ForeignHash
{
    private const int MinCost = 4;

    // A step of the cost doubles the time. Cost 14 takes about 0.8 seconds of one core.
    private const int MaxCost = 14;

    private readonly string text;

    private BcryptHash(string text) => this.text = text;

    public static bool IsBcrypt(string text) => text.StartsWith("$2", StringComparison.Ordinal);

    /// <summary><c>$2y$COST$</c> (or 2a, 2b), then 22 characters of salt and 31 of key.</summary>
    public static Result<ForeignHash> ReadBcrypt(string text) => Format().Match(text) switch
    {
        { Success: false } => Damaged,
        { Groups: var groups } => int.Parse(groups["cost"].ValueSpan) switch
        {
            < MinCost => Damaged,
            > MaxCost => TooCostly,
            _ => new BcryptHash(text),
        },
    };

    // A password with a NUL never matches: bcrypt repeats a short password with a NUL after it, so it cannot tell 'a' from 'a\0a'. Half of
    // a surrogate pair becomes U+FFFD, because the library throws for it.
    public override bool Fits(string password) =>
        !password.Contains('\0', StringComparison.Ordinal) && BCrypt.Net.BCrypt.Verify(string.Concat(password.EnumerateRunes()), text);

    [GeneratedRegex(@"^\$2[aby]\$(?<cost>[0-9]{2})\$[./A-Za-z0-9]{53}\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Format();
}

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
