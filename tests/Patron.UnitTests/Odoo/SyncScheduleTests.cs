using System.Globalization;
using Patron.Odoo;
using Patron.Odoo.Sync;

namespace Patron.UnitTests.Odoo;

/// <summary>Cron strings of the settings.</summary>
public sealed class SyncScheduleTests
{
    [Theory]
    [InlineData("0 2 * * *", "2026-11-22T02:00:00Z")]
    [InlineData("*/15 * * * *", "2026-11-21T12:45:00Z")]
    [InlineData("30 4 * * 1", "2026-11-23T04:30:00Z")]
    [InlineData("0 0 1 1 *", "2027-01-01T00:00:00Z")]
    public void The_next_time_is_reckoned_in_UTC(string cron, string next)
    {
        Assert.True(SyncSchedule.TryRead(cron, out var schedule));
        var saturday = DateTimeOffset.Parse("2026-11-21T12:30:00Z", CultureInfo.InvariantCulture);
        Assert.Equal(DateTimeOffset.Parse(next, CultureInfo.InvariantCulture), schedule.NextAfter(saturday));
    }

    [Theory]
    [InlineData("")]
    [InlineData("daily")]
    [InlineData("0 25 * * *")]
    [InlineData("0 2 * *")]
    [InlineData("0 0 2 * * ? *")]
    public void What_is_no_cron_string_is_refused_with_a_sentence(string cron)
    {
        Assert.False(SyncSchedule.TryRead(cron, out _));
        Assert.Contains("Odoo:Schedule", Options(cron).Contradiction(), StringComparison.Ordinal);
    }

    [Fact]
    public void Never_is_no_time() => Assert.Null(Options("never").Contradiction());

    private static OdooOptions Options(string schedule) => new() { Url = "https://odoo.example.com", Database = "erp", ApiKey = "key", Schedule = schedule };
}
