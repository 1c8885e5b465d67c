using Patron.Customers.Sync;

namespace Patron.UnitTests.Customers;

/// <summary>The address field of an ERP's partner, as people fill it (contract, 'Sync').</summary>
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
    public void The_first_valid_address_counts(string field, string address) => Assert.Equal(address, PartnerEmail.Read(field)?.Text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("n/a")]
    [InlineData("a@b")]
    [InlineData("\"a@b.example\"")]
    [InlineData("<>,;<\"")]
    public void What_holds_none_is_none(string? field) => Assert.Null(PartnerEmail.Read(field));
}
