using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Patron.Web.Http;

namespace Patron.UnitTests.Dialects;

/// <summary>Times read by servers in several time zones. Not parallel, because the time zone is a setting of the whole process.</summary>
[CollectionDefinition(nameof(OtherTimeZones), DisableParallelization = true)]
public sealed class OtherTimeZones;

[Collection(nameof(OtherTimeZones))]
public sealed class TimesInJsonTests : IDisposable
{
    private const string Variable = "TZ";

    private static readonly string[] Zones = ["UTC", "America/New_York", "Pacific/Kiritimati"];

    private readonly string? before = Environment.GetEnvironmentVariable(Variable);

    [Theory]
    [InlineData("2024-01-15T10:30:00", "2024-01-15T10:30:00Z")]
    [InlineData("2024-07-15T10:30:00.25", "2024-07-15T10:30:00.25Z")]
    [InlineData("2024-01-15", "2024-01-15T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59", "9999-12-31T23:59:59Z")]
    public void Time_without_a_zone_is_UTC_in_every_server_zone(string written, string utc) => ShouldBeRead(written, utc);

    [Theory]
    [InlineData("2024-01-15T10:30:00Z", "2024-01-15T10:30:00Z")]
    [InlineData("2024-01-15T10:30:00+02:00", "2024-01-15T08:30:00Z")]
    [InlineData("2024-01-15T10:30:00-05:30", "2024-01-15T16:00:00Z")]
    [InlineData("2024-03-10T02:30:00Z", "2024-03-10T02:30:00Z")] // Does not exist in New York's local time.
    [InlineData("2024-11-03T01:30:00-04:00", "2024-11-03T05:30:00Z")] // Exists twice in New York's local time.
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59Z")] // Would be the next day, which DateTimeOffset cannot represent.
    [InlineData("0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59+14:00", "9999-12-31T09:59:59Z")]
    [InlineData("0001-01-01T00:00:00-14:00", "0001-01-01T14:00:00Z")]
    public void Time_with_a_zone_is_read_correctly_in_every_server_zone(string written, string utc) => ShouldBeRead(written, utc);

    [Theory]
    [InlineData("\"0001-01-01T00:00:00+14:00\"")] // Before the first representable time.
    [InlineData("\"9999-12-31T23:59:59-14:00\"")]
    [InlineData("\"2024-01-15T10:30:00+15:00\"")]
    [InlineData("\"2024-02-30T10:30:00Z\"")]
    [InlineData("\"2024-01-15T24:00:00Z\"")]
    [InlineData("\"0000-01-01T00:00:00Z\"")]
    [InlineData("\"15.01.2024\"")]
    [InlineData("\"\"")]
    [InlineData("1705314600")]
    public void Invalid_time_is_refused_in_every_server_zone(string json) =>
        Assert.All(Zones, zone => Assert.ThrowsAny<JsonException>(() => ReadIn(zone, json)));

    [Fact]
    public void Time_is_written_in_UTC_with_Z() => Assert.All(Zones, zone =>
    {
        StandIn(zone);
        Assert.Equal("\"2024-01-15T08:30:00Z\"", JsonSerializer.Serialize(new DateTimeOffset(2024, 1, 15, 10, 30, 0, TimeSpan.FromHours(2)), Options()));
    });

    public void Dispose() => StandIn(before);

    private static void ShouldBeRead(string written, string utc) => Assert.All(Zones, zone =>
    {
        var read = ReadIn(zone, $"\"{written}\"");
        Assert.Equal(TimeSpan.Zero, read.Offset);
        Assert.Equal($"\"{utc}\"", JsonSerializer.Serialize(read, Options()));
    });

    private static DateTimeOffset ReadIn(string zone, string json)
    {
        StandIn(zone);
        return JsonSerializer.Deserialize<DateTimeOffset>(json, Options());
    }

    private static void StandIn(string? zone)
    {
        Environment.SetEnvironmentVariable(Variable, zone);
        TimeZoneInfo.ClearCachedData();
        Assert.True(zone is null || TimeZoneInfo.Local.Id == zone, $"The process does not stand in {zone}, but in {TimeZoneInfo.Local.Id}.");
    }

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        JsonConventions.Apply(options);
        return options;
    }
}
