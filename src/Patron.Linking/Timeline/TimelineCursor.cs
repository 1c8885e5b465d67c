using System.Globalization;

namespace Patron.Linking.Timeline;

/// <summary>
/// The place of an entry: its time, its source and its number there, in which entries are ordered. New entries come before all places, so
/// that pages neither repeat nor miss one while entries arrive. Other lists by time use it with one source.
/// </summary>
public readonly record struct TimelineCursor(DateTimeOffset At, int Source, long Id)
{
    /// <summary>The place before all entries.</summary>
    internal static TimelineCursor Start { get; } = new(
        new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero), int.MaxValue, long.MaxValue);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks / TimeSpan.TicksPerMicrosecond}_{Source}_{Id}");

    /// <summary>Parses what <see cref="ToString"/> wrote; false for any other text.</summary>
    public static bool TryParse(string? text, out TimelineCursor cursor)
    {
        cursor = default;
        if (text?.Split('_') is not [var time, var source, var id]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds > DateTimeOffset.MaxValue.UtcTicks / TimeSpan.TicksPerMicrosecond
            || !int.TryParse(source, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        cursor = new TimelineCursor(new DateTimeOffset(microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), place, number);
        return true;
    }
}
