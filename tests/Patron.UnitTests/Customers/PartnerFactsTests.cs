using System.Security.Cryptography;
using System.Text;
using Patron.Customers.Erp;
using Patron.Erp;
using Patron.Erp.Partners;

namespace Patron.UnitTests.Customers;

/// <summary>By what a partner is known to be as it was.</summary>
public sealed class PartnerFactsTests
{
    private static readonly ErpOwnership Ownership = ErpOwnership.Everything;

    [Fact]
    public void When_a_partner_was_written_is_not_among_what_it_says()
    {
        var facts = Of("ann@example.com");
        Assert.True(facts.HasHash(PartnerData.From(facts.Partner with { WriteDate = DateTimeOffset.UnixEpoch }, Ownership).Hash));
        Assert.False(facts.HasHash(PartnerData.From(facts.Partner with { Phone = "1" }, Ownership).Hash));
    }

    [Fact]
    public void The_language_is_among_what_a_partner_says()
    {
        var facts = PartnerData.From(new ErpPartner("7", 7, "Ann") { Language = "de-DE" }, Ownership);
        Assert.Contains("\"language\":\"de-DE\"", facts.Json, StringComparison.Ordinal);
        Assert.False(facts.HasHash(Of(null).Hash));
    }

    [Theory]
    [InlineData("ann@example.com", true)]
    [InlineData(null, true)]
    [InlineData("n/a", true)]
    [InlineData("mailto:ann@example.com", false)]
    [InlineData("ann@example.com.", false)]
    public void An_address_that_an_earlier_version_did_not_find_in_its_field_is_new(string? field, bool isKnown)
    {
        var facts = Of(field);
        Assert.Equal(isKnown, facts.HasHash(SHA256.HashData(Encoding.UTF8.GetBytes(facts.Json + Ownership))[..16]));
    }

    private static PartnerData Of(string? email) => PartnerData.From(new ErpPartner("7", 7, "Ann") { Email = email }, Ownership);
}
