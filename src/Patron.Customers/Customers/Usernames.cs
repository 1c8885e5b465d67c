using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// Derives usernames from a customer's name (contract, 'Customer username'; source 5): accents folded, lower case, only <c>a-z0-9</c>, at
/// most 20 characters, then a numeric suffix if it is taken, after several collisions a UUID.
/// </summary>
internal static class Usernames
{
    public const int MaxBaseLength = 20;

    /// <summary>Used for names without a letter that can be folded.</summary>
    public const string Fallback = "customer";

    // Letters that Unicode does not decompose.
    private static readonly FrozenDictionary<char, string> Letters = new Dictionary<char, string>
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['ł'] = "l", ['đ'] = "d", ['ð'] = "d", ['þ'] = "th",
        ['ħ'] = "h", ['ı'] = "i", ['ĸ'] = "k", ['ŋ'] = "n", ['ŧ'] = "t",
    }.ToFrozenDictionary();

    /// <summary>The username without suffix.</summary>
    public static string Base(string name)
    {
        var folded = new StringBuilder(MaxBaseLength);
        foreach (var character in Folding.Decomposed(name).ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character))
            {
                folded.Append(character);
            }
            else if (Letters.TryGetValue(character, out var letters))
            {
                folded.Append(letters);
            }
        }

        return folded.Length == 0 ? Fallback : folded.ToString(0, Math.Min(folded.Length, MaxBaseLength));
    }

    /// <summary>The candidates for a customer, by first and last name or by the only name there is.</summary>
    public static string[] Candidates(Customer customer) =>
        Candidates((customer.FirstName + customer.LastName) is { Length: > 0 } personal ? personal : customer.Name);

    /// <summary>
    /// The candidates, best first: without suffix, with ever longer numbers (so that very common names stay short), and with a UUID, which
    /// is always free.
    /// </summary>
    public static string[] Candidates(string name)
    {
        var stem = Base(name);
        string[] suffixes = [
            "", Number(1_000, 10_000), Number(100_000, 1_000_000), Number(100_000_000, 1_000_000_000), Guid.NewGuid().ToString("N")];
        return [.. suffixes.Select(suffix => stem + suffix)];
    }

    /// <summary>A username that does not reveal a name.</summary>
    public static string Anonymous() => Fallback + Number(100_000_000, 1_000_000_000);

    private static string Number(int from, int to) => RandomNumberGenerator.GetInt32(from, to).ToString(CultureInfo.InvariantCulture);
}
