using Patron.Erp.Partners;
using Patron.Tests;

namespace Patron.UnitTests.Customers;

/// <summary>The address field of an ERP's partner, which is free text (contract, 'Sync').</summary>
public sealed class PartnerEmailTests
{
    [Theory]
    [InlineData("a@b.example", "a@b.example")]
    [InlineData("  A@B.Example ", "A@B.Example")]
    [InlineData("\"Name\" <a@b.example>", "a@b.example")]
    [InlineData("Name <a@b.example>", "a@b.example")]
    [InlineData("\"Müller, GmbH; <info>\" <a@b.example>", "a@b.example")]
    [InlineData("a@b.example; c@d.example", "a@b.example")]
    [InlineData("n/a, c@d.example", "c@d.example")]
    [InlineData("a@b, c@d.example", "c@d.example")]
    [InlineData("call first\nc@d.example", "c@d.example")]
    [InlineData("<not one> c@d.example", "c@d.example")]
    [InlineData("\"no end <a@b.example>", "a@b.example")]
    [InlineData("<a@b.example", "a@b.example")]
    [InlineData("mailto:ann@example.com", "ann@example.com")]
    [InlineData("MAILTO:Ann@Example.com?subject=x", "Ann@Example.com")]
    [InlineData("mailto:ann%2Bodoo@example.com?cc=c@d.example", "ann+odoo@example.com")]
    [InlineData("<mailto:a@b.example>", "a@b.example")]
    [InlineData("Name < mailto:a@b.example. >", "a@b.example")]
    [InlineData("mailto:, c@d.example", "c@d.example")]
    [InlineData("mailto:?to=a@b.example c@d.example", "c@d.example")]
    [InlineData("ann@example.com.", "ann@example.com")]
    [InlineData("Write to ann@example.com... or c@d.example.", "ann@example.com")]
    public void First_valid_address_is_used(string field, string address) => Assert.Equal(address, PartnerEmail.Read(field)?.Text);

    [Theory]
    [InlineData("<")]
    [InlineData("<\"")]
    [InlineData("\uFFFE ")]
    [InlineData("a,")]
    [InlineData("mailto:")]
    [InlineData("mailto:?.,")]
    [InlineData("%25")]
    [InlineData(".")]
    public void Unclosed_brackets_are_parsed_quickly(string piece)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal("a@b.example", PartnerEmail.Read(HostileTexts.Repeat(piece, 100_000) + " a@b.example")?.Text);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("n/a")]
    [InlineData("a@b")]
    [InlineData("\"a@b.example\"")]
    [InlineData("<>,;<\"")]
    [InlineData(".")]
    [InlineData("mailto:")]
    [InlineData("mailto:.?a@b.example")]
    [InlineData("a@b.example?subject=x")]
    public void Field_without_a_valid_address_has_none(string? field) => Assert.Null(PartnerEmail.Read(field));
}
