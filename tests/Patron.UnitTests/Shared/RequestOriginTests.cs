using Patron.Shared.Callers;

namespace Patron.UnitTests.Shared;

/// <summary>What limits count as one client.</summary>
public sealed class RequestOriginTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64")]
    [InlineData("2001:DB8:0001:0002:0:0:0:9", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("::1", "::/64")]
    [InlineData("fe80::1%2", "fe80::/64")]
    [InlineData("local", "local")]
    [InlineData("unknown", "unknown")]
    public void One_client_is_an_IPv4_address_or_an_IPv6_network(string address, string key) =>
        Assert.Equal(key, new RequestOrigin(address, null).ClientKey);

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    [InlineData("local", null)]
    public void People_see_a_network_instead_of_the_address(string address, string? network) =>
        Assert.Equal(network, new RequestOrigin(address, null).ApproximateAddress);
}
