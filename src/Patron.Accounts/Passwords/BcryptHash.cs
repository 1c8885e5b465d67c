using System.Text.RegularExpressions;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>A password hash by bcrypt. Like the systems that made it, it looks at the first 72 bytes of a password.</summary>
internal sealed partial class BcryptHash : ForeignHash
{
    private const int MinCost = 4;

    // Each one more doubles the time: about 0.8 seconds of one core.
    private const int MaxCost = 14;

    private readonly string text;

    private BcryptHash(string text) => this.text = text;

    public static bool IsOne(string text) => text.StartsWith("$2", StringComparison.Ordinal);

    /// <summary><c>$2y$COST$</c> (or 2a, 2b), then 22 characters of salt and 31 of key.</summary>
    public static Result<ForeignHash> ReadBcrypt(string text) => Form().Match(text) switch
    {
        { Success: false } => Damaged,
        { Groups: var groups } => int.Parse(groups["cost"].ValueSpan) switch
        {
            < MinCost => Damaged,
            > MaxCost => TooCostly,
            _ => new BcryptHash(text),
        },
    };

    // A password that holds a NUL fits none: bcrypt repeats a short password with a NUL behind it, so 'a' and 'a\0a' are the same to it.
    // Half a surrogate pair becomes U+FFFD, because the library throws for it.
    public override bool Fits(string password) =>
        !password.Contains('\0', StringComparison.Ordinal) && BCrypt.Net.BCrypt.Verify(string.Concat(password.EnumerateRunes()), text);

    [GeneratedRegex(@"^\$2[aby]\$(?<cost>[0-9]{2})\$[./A-Za-z0-9]{53}\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
