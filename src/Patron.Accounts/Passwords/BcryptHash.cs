using System.Text.RegularExpressions;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

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
