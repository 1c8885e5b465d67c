using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>
/// A password hash that another system made: Django's <c>pbkdf2_sha256$</c>, passlib's <c>$pbkdf2-sha512$</c> (Odoo), bcrypt's <c>$2y$</c>
/// (Laravel, PHP) or ASP.NET Identity's. It is taken as it is and replaced by one of ours when its owner signs in.
/// </summary>
internal abstract class ForeignHash
{
    /// <summary>Rounds of PBKDF2 that a sign-in is willing to compute: below a second of one core. Our own hashes keep to it too.</summary>
    public const int MaxIterations = AccountsOptions.MostPasswordIterations;

    private const int MaxLength = 1_000;

    protected static readonly Error Damaged = Error.Invalid("password", "This password hash is damaged; take it over again, or leave it out: the person can then set a password under 'forgot password'.");
    protected static readonly Error TooCostly = Error.Invalid("password", "Checking this password hash would take too long; leave it out: the person can then set a password under 'forgot password'.");

    private static readonly Error Unknown = Error.Invalid(
        "password", "This is no password hash of Django (pbkdf2_sha256), Odoo (pbkdf2-sha512), Laravel (bcrypt) or ASP.NET Identity; leave it out: the person can then set a password under 'forgot password'.");

    /// <summary>Understands a hash without computing anything. Errors: 422 <c>password</c> unknown form, damaged or too costly.</summary>
    public static Result<ForeignHash> Read(string text) => text switch
    {
        { Length: > MaxLength } => Unknown,
        _ when text.StartsWith(Pbkdf2Hash.Django, StringComparison.Ordinal) => Pbkdf2Hash.ReadDjango(text),
        _ when text.StartsWith(Pbkdf2Hash.Passlib, StringComparison.Ordinal) => Pbkdf2Hash.ReadPasslib(text),
        _ when BcryptHash.IsOne(text) => BcryptHash.ReadBcrypt(text),
        _ when IsIdentitys(text) => Pbkdf2Hash.ReadIdentity(text),
        _ => Unknown,
    };

    /// <summary>The form of ASP.NET Identity, and so of our own: base64, whose first byte (0 or 1) is the version.</summary>
    public static bool IsIdentitys(string text) => text.StartsWith('A');

    /// <summary>Whether this is the password, in the time that the hash's cost asks for.</summary>
    public abstract bool Fits(string password);
}
