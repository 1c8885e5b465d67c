using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace Patron.Shared.Background;

/// <summary>
/// A schedule in UTC: a cron string of five fields (minute, hour, day, month, day of the week from 0, Sunday), or of six with seconds
/// first.
/// </summary>
public sealed class CronSchedule
{
    /// <summary>The setting for no scheduled runs.</summary>
    public const string Never = "never";

    private const int FieldsWithSeconds = 6;
    private const int FieldsWithYear = 7;

    private readonly CronExpression cron;

    private CronSchedule(CronExpression cron) => this.cron = cron;

    /// <summary>The error of a setting, as a sentence; null for a valid cron string or <see cref="Never"/>.</summary>
    public static string? Refusal(string setting, string text) => text switch
    {
        Never => null,
        _ when TryRead(text, out _) => null,
        _ when CountFields(text) == FieldsWithYear =>
            $"{setting} has seven fields, as Quartz writes a year. A cron string has five here: write '0 0 2 * * ? *' as '0 2 * * *'.",
        _ =>
            $"{setting} must be a cron string of five fields such as '0 2 * * *' or '*/30 * * * *' (six with seconds in front), or {Never}.",
    };

    public static bool TryRead(string text, [NotNullWhen(true)] out CronSchedule? schedule)
    {
        var format = CountFields(text) == FieldsWithSeconds ? CronFormat.IncludeSeconds : CronFormat.Standard;
        schedule = CronExpression.TryParse(text, format, out var cron) ? new CronSchedule(cron) : null;
        return schedule is not null;
    }

    /// <summary>The next time after this one; null if there is none.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time) => cron.GetNextOccurrence(time, TimeZoneInfo.Utc);

    private static int CountFields(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
