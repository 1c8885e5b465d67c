using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>A password hash by bcrypt. Like the systems that made it, it looks at the first 72 bytes of a password.</summary>
internal sealed partial class BcryptHash : ForeignHash
{
    private const int MinCost = 4;

    // Each one more doubles the time: about 0.7 seconds of one core.
    private const int MaxCost = 14;
    private const int MaxPasswordBytes = 72;

    private static readonly Error NoLibrary = Error.Invalid(
        "password", "This machine has no libcrypt to check bcrypt hashes with; install it (Debian: libcrypt1), or leave the hash out: the person can then set a password under 'forgot password'.");

    private readonly byte[] text;
    private readonly BcryptLibrary library;

    private BcryptHash(string text, BcryptLibrary library)
    {
        this.text = Encoding.ASCII.GetBytes(text);
        this.library = library;
    }

    public static bool IsOne(string text) => text.StartsWith("$2", StringComparison.Ordinal);

    /// <summary><c>$2y$COST$</c> (or 2a, 2b), then 22 characters of salt and 31 of key. Null is a machine without the library.</summary>
    public static Result<ForeignHash> Read(string text, BcryptLibrary? library) => Form().Match(text) switch
    {
        { Success: false } => Damaged,
        { Groups: var groups } => int.Parse(groups["cost"].ValueSpan) switch
        {
            < MinCost => Damaged,
            > MaxCost => TooCostly,
            _ => library is null ? NoLibrary : new BcryptHash(text, library),
        },
    };

    public override bool Fits(string password)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        if (bytes.Contains((byte)0))
        {
            return false; // The library would read no further.
        }

        var computed = library.Compute(bytes.AsSpan(0, Math.Min(bytes.Length, MaxPasswordBytes)), text);
        return computed is not null && CryptographicOperations.FixedTimeEquals(computed, text);
    }

    [GeneratedRegex(@"^\$2[aby]\$(?<cost>[0-9]{2})\$[./A-Za-z0-9]{53}\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
