using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Database;

namespace Patron.UnitTests.Shared;

public class WalPositionTests
{
    [Theory]
    [InlineData("0/0")]
    [InlineData("0/16B3748")]
    [InlineData("A/FF")]
    [InlineData("FFFFFFFF/FFFFFFFF")]
    public void A_position_is_written_as_PostgreSQL_writes_it(string text)
    {
        Assert.True(WalPosition.TryParse(text, out var position));
        Assert.Equal((ulong)NpgsqlLogSequenceNumber.Parse(text), position.Value);
        Assert.Equal(text, position.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0/")]
    [InlineData("/0")]
    [InlineData("0/0/0")]
    [InlineData("0/-1")]
    [InlineData("0/ 1")]
    [InlineData("0/G")]
    [InlineData("0/123456789")]
    public void Other_texts_are_none(string? text) => Assert.False(WalPosition.TryParse(text, out _));

    [Fact]
    public void The_later_of_two_positions_is_the_greater_one()
    {
        Assert.Equal(new WalPosition(2), WalPosition.Later(new WalPosition(2), new WalPosition(1)));
        Assert.Equal(new WalPosition(2), WalPosition.Later(new WalPosition(1), new WalPosition(2)));
        Assert.Equal(new WalPosition(1), WalPosition.Later(null, new WalPosition(1)));
    }

    [Fact]
    public void Replicas_have_the_settings_of_the_primary_that_their_connection_string_leaves_out()
    {
        var primary = new NpgsqlConnectionStringBuilder("Host=a,b;Port=6432;Username=patron;Database=customers;Target Session Attributes=primary;Maximum Pool Size=8");

        var one = ReadOptions.Combine(primary, "Server=c;Maximum Pool Size=30");
        Assert.Equal(("c", 6432, "patron", "customers", 30, null), (one.Host, one.Port, one.Username, one.Database, one.MaxPoolSize, one.TargetSessionAttributes));
        Assert.Equal("prefer-standby", ReadOptions.Combine(primary, "Host=c,d").TargetSessionAttributes);
        Assert.Equal("standby", ReadOptions.Combine(primary, "Host=c,d;Target Session Attributes=standby").TargetSessionAttributes);
    }
}
