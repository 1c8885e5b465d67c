using FsCheck;
using FsCheck.Fluent;
using Patron.Web.Pages;

namespace Patron.UnitTests.Pages;

/// <summary>The address after signing in is always on this site.</summary>
public sealed class ReturnAddressTests
{
    [Theory]
    [InlineData("/profile")]
    [InlineData("/verify-email?token=abc_-1")]
    [InlineData("/")]
    public void Addresses_of_this_site_are_kept(string address) => Assert.Equal(address, ReturnAddress.Sanitize(address));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("profile")]
    [InlineData("//elsewhere.example")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("/a\\b")]
    [InlineData("/\t/elsewhere.example")]
    [InlineData("/\n//elsewhere.example")]
    [InlineData("https://elsewhere.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/\u3000/elsewhere.example")]
    public void Other_addresses_lead_to_the_overview(string? address) => Assert.Equal("/dashboard", ReturnAddress.Sanitize(address));

    [Fact]
    public void Every_return_address_stays_at_this_host() => Check.QuickThrowOnFailure(Prop.ForAll<string>(asked =>
    {
        var site = new Uri("https://portal.example/login");
        return new Uri(site, ReturnAddress.Sanitize(asked)).Host == site.Host && new Uri(site, ReturnAddress.Sanitize("/" + asked)).Host == site.Host;
    }));
}
