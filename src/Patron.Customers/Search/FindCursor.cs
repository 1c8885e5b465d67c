using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Patron.Customers.Search;

/// <summary>
/// A place in a sorted list: a customer's number and the value it is sorted by, whether the page before or after it is wanted, and whether
/// very many customers match, so that they need not be counted again.
/// </summary>
internal sealed record FindCursor(string Order, long Id, string? Key, bool IsBackward, bool IsMany)
{
    private const char Separator = '\n';
    private const int MaxLength = 2000;

    /// <summary>The text for addresses; it is not signed, because it only says where a page begins.</summary>
    public override string ToString()
    {
        var flags = $"{(IsBackward ? 'b' : 'f')}{(IsMany ? 'm' : 'c')}{(Key is null ? 'e' : 'v')}";
        var text = string.Create(CultureInfo.InvariantCulture, $"{flags}{Separator}{Order}{Separator}{Id}{Separator}{Key}");
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Reads what <see cref="ToString"/> wrote for a list in this order; null for any other text.</summary>
    public static FindCursor? Parse(string text, string name, CustomerOrder order) =>
        Parse(text, name) is { } cursor && (cursor.Key is null ? order.IsNullable : order.IsValue(cursor.Key)) ? cursor : null;

    private static FindCursor? Parse(string text, string order)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            return null;
        }

        var decoded = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        return decoded.Split(Separator, 4) is [{ Length: 3 } flags, var name, var number, var key] && name == order
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && !key.Contains('\0', StringComparison.Ordinal)
            ? new FindCursor(order, id, flags[2] == 'e' ? null : key, flags[0] == 'b', flags[1] == 'm')
            : null;
    }
}
