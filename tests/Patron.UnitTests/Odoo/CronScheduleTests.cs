using System.Globalization;
using Patron.Erp;
using Patron.Erp.Runs;
using Patron.Odoo;
using Patron.Shared.Background;
using Patron.UnitTests.Tokens;

namespace Patron.UnitTests.Odoo;

/// <summary>Cron strings of the settings, and the runs that are due by them.</summary>
public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("0 2 * * *", "2026-11-22T02:00:00Z")]
    [InlineData("*/15 * * * *", "2026-11-21T12:45:00Z")]
    [InlineData("30 4 * * 1", "2026-11-23T04:30:00Z")]
    [InlineData("0 0 1 1 *", "2027-01-01T00:00:00Z")]
    [InlineData("0 2 ? * 7", "2026-11-22T02:00:00Z")]
    [InlineData("0 0 13 * 5", "2027-08-13T00:00:00Z")]
    [InlineData("0 0 2 * * ?", "2026-11-22T02:00:00Z")]
    [InlineData("20 */15 * * * *", "2026-11-21T12:30:20Z")]
    public void Next_time_is_calculated_in_UTC(string cron, string next)
    {
        Assert.True(CronSchedule.TryRead(cron, out var schedule));
        var saturday = DateTimeOffset.Parse("2026-11-21T12:30:00Z", CultureInfo.InvariantCulture);
        Assert.Equal(DateTimeOffset.Parse(next, CultureInfo.InvariantCulture), schedule.NextAfter(saturday));
    }

    [Theory]
    [InlineData("")]
    [InlineData("daily")]
    [InlineData("0 25 * * *")]
    [InlineData("0 2 * *")]
    [InlineData("0 2 C * *")]
    [InlineData("@never")]
    public void Invalid_cron_string_is_refused_with_a_sentence(string cron)
    {
        Assert.False(CronSchedule.TryRead(cron, out _));
        Assert.Contains("Odoo:Schedule must be a cron string", Options(cron).Contradiction(), StringComparison.Ordinal);
        Assert.Contains("Odoo:IncrementalSchedule must be a cron string", Options("never", cron).Contradiction(), StringComparison.Ordinal);
    }

    [Fact]
    public void Cron_string_with_a_year_is_refused_with_a_hint() =>
        Assert.Equal(
            "Odoo:Schedule has seven fields, as Quartz writes a year. A cron string has five here: write '0 0 2 * * ? *' as '0 2 * * *'.",
            Options("0 0 2 * * ? 2027").Contradiction());

    [Theory]
    [InlineData("never", "never")]
    [InlineData("never", "*/30 * * * *")]
    [InlineData("0 2 * * *", "*/30 * * * *")]
    public void One_two_or_no_schedules_may_be_set(string full, string incremental) => Assert.Null(Options(full, incremental).Contradiction());

    [Fact]
    public void Full_runs_are_nightly_and_incremental_runs_off_by_default()
    {
        var options = new OdooOptions();
        Assert.Equal(("0 2 * * *", "never"), (options.Schedule, options.IncrementalSchedule));
        var time = TimeAt("01:00");
        var scheduler = new SyncScheduler(new SyncSettings(options.Schedule, options.IncrementalSchedule), time);
        Assert.Null(FindDueAt("01:59"));
        Assert.Equal(new DueSync(SyncMode.Full, At("02:00")), FindDueAt("02:01"));
        scheduler.Advance();
        Assert.Null(FindDueAt("23:59"));

        DueSync? FindDueAt(string now)
        {
            time.Advance(At(now) - time.GetUtcNow());
            return scheduler.FindDue();
        }
    }

    [Fact]
    public void Full_run_replaces_an_incremental_run_due_at_the_same_time()
    {
        var time = TimeAt("01:40");
        var scheduler = new SyncScheduler(new SyncSettings("0 2 * * *", "*/30 * * * *"), time);
        Assert.Equal(new DueSync(SyncMode.Full, At("02:00")), FindDueAt("02:00"));
        Assert.Equal(new DueSync(SyncMode.Full, At("02:00")), FindDueAt("02:20"));
        scheduler.Advance();
        Assert.Null(FindDueAt("02:29"));
        Assert.Equal(new DueSync(SyncMode.Incremental, At("02:30")), FindDueAt("02:31"));

        DueSync? FindDueAt(string now)
        {
            time.Advance(At(now) - time.GetUtcNow());
            return scheduler.FindDue();
        }
    }

    private static FakeTime TimeAt(string now)
    {
        var time = new FakeTime();
        time.Advance(At(now) - time.GetUtcNow());
        return time;
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-11-21T{time}:00Z", CultureInfo.InvariantCulture);

    private static OdooOptions Options(string schedule, string incremental = "never") =>
        new() { Url = "https://odoo.example.com", Database = "erp", ApiKey = "key", Schedule = schedule, IncrementalSchedule = incremental };
}
