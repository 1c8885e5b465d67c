using System.Globalization;

namespace Patron.Customers.Duplicates;

/// <summary>
/// The place of a pair in the list, which is ordered by descending score and then by id. As text it is the cursor of the API.
/// </summary>
public readonly record struct DuplicateCursor(double Score, long Id)
{
    /// <summary>The place before all pairs.</summary>
    internal static DuplicateCursor Start { get; } = new(2, 0);

    public static DuplicateCursor Of(DuplicatePair pair) => new(pair.Score, pair.Id);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Score:R}_{Id}");

    /// <summary>Parses what <see cref="ToString"/> wrote; false for any other text.</summary>
    public static bool TryParse(string? text, out DuplicateCursor cursor)
    {
        cursor = default;
        if (text?.Split('_') is not [var score, var id]
            || !double.TryParse(score, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var pair))
        {
            return false;
        }

        cursor = new DuplicateCursor(number, pair);
        return true;
    }
}
