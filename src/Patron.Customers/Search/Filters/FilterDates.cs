using System.Globalization;
using System.Text.RegularExpressions;

namespace Patron.Customers.Search.Filters;

/// <summary>
/// A time in a filter: a comparison and a UTC day, month or year, or a number of days, weeks, months or years before today
/// (<c>&gt;=2026-01-01</c>, <c>2026-01</c>, <c>7d</c>).
/// </summary>
internal sealed partial class FilterDates
{
    public const string Rule =
        "Write a day (2026-01-31), a month (2026-01), a year (2026), or 7d, 2w, 3m or 1y until today. It can follow >, >=, < or <=.";

    private readonly string comparison;
    private readonly string text;

    private FilterDates(string comparison, string text) => (this.comparison, this.text) = (comparison, text);

    /// <summary>What is wrong with the text, or null.</summary>
    public static string? Check(string text) => Parse(text)?.Range(DateTimeOffset.UnixEpoch.AddYears(100)) is null ? Rule : null;

    /// <summary>The condition that a column is in the time.</summary>
    public static string ToSql(FilterSql sql, string column, string text)
    {
        var date = Parse(text)!;
        var (start, end) = date.Range(sql.Now)!.Value;
        return date.comparison switch
        {
            ">" => $"{column} >= {sql.Add(end)}",
            ">=" => $"{column} >= {sql.Add(start)}",
            "<" => $"{column} < {sql.Add(start)}",
            "<=" => $"{column} < {sql.Add(end)}",
            // Of a time before today, everything since.
            _ when char.IsAsciiLetter(text[^1]) => $"{column} >= {sql.Add(start)}",
            _ => $"({column} >= {sql.Add(start)} AND {column} < {sql.Add(end)})",
        };
    }

    private static FilterDates? Parse(string text) => Form().Match(text) is { Success: true } match
        ? new FilterDates(match.Groups["comparison"].Value, match.Groups["date"].Value)
        : null;

    // The first moment, and the first moment after it; null where there is no such day.
    private (DateTimeOffset Start, DateTimeOffset End)? Range(DateTimeOffset now)
    {
        if (char.IsAsciiLetter(text[^1]))
        {
            var day = Before(now.UtcDateTime.Date, int.Parse(text[..^1], CultureInfo.InvariantCulture), text[^1]);
            return Utc(day, day.AddDays(1));
        }

        var format = text.Length switch { 4 => "yyyy", 7 => "yyyy-MM", _ => "yyyy-MM-dd" };
        if (!DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)
            || start.Year is < 1000 or > 9000)
        {
            return null;
        }

        return Utc(start, text.Length switch { 4 => start.AddYears(1), 7 => start.AddMonths(1), _ => start.AddDays(1) });
    }

    private static DateTime Before(DateTime today, int count, char unit) => unit switch
    {
        'd' => today.AddDays(-count),
        'w' => today.AddDays(-7 * count),
        'm' => today.AddMonths(-count),
        _ => today.AddYears(-Math.Min(count, 1000)),
    };

    private static (DateTimeOffset Start, DateTimeOffset End) Utc(DateTime start, DateTime end) =>
        (new DateTimeOffset(start, TimeSpan.Zero), new DateTimeOffset(end, TimeSpan.Zero));

    [
        GeneratedRegex(
            @"^(?<comparison>>=|<=|>|<|)(?<date>[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|[0-9]{1,4}[dwmy])\z",
            RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
