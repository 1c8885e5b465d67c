using System.Security.Cryptography;
using System.Text;
using Patron.Customers.Erp;
using Patron.Erp;
using Patron.Erp.Partners;

namespace Patron.UnitTests.Customers;

/// <summary>The hash by which an unchanged partner is recognized.</summary>
public sealed class PartnerDataTests
{
    private static readonly ErpOwnership Ownership = ErpOwnership.Everything;

    [Fact]
    public void Write_date_is_not_part_of_the_hash()
    {
        var facts = Of("ann@example.com");
        Assert.True(facts.HasHash(PartnerData.From(facts.Partner with { WriteDate = DateTimeOffset.UnixEpoch }, Ownership).Hash));
        Assert.False(facts.HasHash(PartnerData.From(facts.Partner with { Phone = "1" }, Ownership).Hash));
    }

    [Fact]
    public void Language_is_part_of_the_hash()
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
    public void Address_that_an_earlier_version_did_not_find_counts_as_changed(string? field, bool isKnown)
    {
        var facts = Of(field);
        Assert.Equal(isKnown, facts.HasHash(SHA256.HashData(Encoding.UTF8.GetBytes(facts.Json + Ownership + PartnerData.Mapping))[..16]));
    }

    private static PartnerData Of(string? email) => PartnerData.From(new ErpPartner("7", 7, "Ann") { Email = email }, Ownership);
}
