using FsCheck;
using FsCheck.Fluent;
using Patron.Accounts.Users;
using Patron.Dialects.Tradeline;

namespace Patron.UnitTests.Dialects;

public class FullNamesTests
{
    private static readonly PersonNames Nobody = new("", "", "+1-555-0123", "nobody");

    [Theory]
    [InlineData("John Doe", "John", "Doe")]
    [InlineData("Ada King Lovelace", "Ada King", "Lovelace")]
    [InlineData("Cher", "Cher", "")]
    [InlineData("  John   Doe  ", "John", "Doe")]
    [InlineData("", "", "")]
    [InlineData("   ", "", "")]
    public void A_full_name_is_split_at_its_last_space(string fullName, string first, string last) =>
        Assert.Equal(Nobody with { FirstName = first, LastName = last }, Nobody.WithFullName(fullName));

    [Fact]
    public void A_name_that_is_said_again_keeps_its_parts()
    {
        var names = Nobody with { FirstName = "Ludwig", LastName = "van Beethoven" };
        Assert.Equal(names, names.WithFullName(" Ludwig van Beethoven"));
        Assert.Equal(("Ludwig van", "Beethoven"), (Nobody.WithFullName("Ludwig van Beethoven").FirstName, Nobody.WithFullName("Ludwig van Beethoven").LastName));
    }

    [Fact]
    public void Nothing_of_a_name_is_lost_but_blanks() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
    {
        var names = Nobody.WithFullName(text.Get);
        return WithoutBlanks(names.FirstName + names.LastName) == WithoutBlanks(text.Get);
    }));

    private static string WithoutBlanks(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
}
