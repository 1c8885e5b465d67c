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

    protected static readonly Error Damaged = Error.Invalid("password", "This password hash is damaged; take it over again, or leave it out: the person can then set a password under 'forgot password'.");
    protected static readonly Error TooCostly = Error.Invalid("password", "Checking this password hash would take too long; leave it out: the person can then set a password under 'forgot password'.");

    private static readonly Error Unknown = Error.Invalid(
        "password", "This is no password hash of Django (pbkdf2_sha256), Odoo (pbkdf2-sha512), Laravel (bcrypt) or ASP.NET Identity; leave it out: the person can then set a password under 'forgot password'.");

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
