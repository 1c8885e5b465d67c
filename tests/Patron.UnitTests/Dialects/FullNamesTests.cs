using FsCheck;
using FsCheck.Fluent;
using Patron.Accounts.Users;
using Patron.Dialects.Tradeline;

namespace Patron.UnitTests.Dialects;

public class FullNamesTests
{
    private static readonly PersonNames NoName = new("", "", "+1-555-0123", "nobody");

    [Theory]
    [InlineData("John Doe", "John", "Doe")]
    [InlineData("Ada King Lovelace", "Ada King", "Lovelace")]
    [InlineData("Cher", "Cher", "")]
    [InlineData("  John   Doe  ", "John", "Doe")]
    [InlineData("", "", "")]
    [InlineData("   ", "", "")]
    public void Full_name_is_split_at_its_last_space(string fullName, string first, string last) =>
        Assert.Equal(NoName with { FirstName = first, LastName = last }, NoName.WithFullName(fullName));

    [Fact]
    public void Repeated_full_name_keeps_its_parts()
    {
        var names = NoName with { FirstName = "Ludwig", LastName = "van Beethoven" };
        Assert.Equal(names, names.WithFullName(" Ludwig van Beethoven"));
        Assert.Equal(("Ludwig van", "Beethoven"), (NoName.WithFullName("Ludwig van Beethoven").FirstName, NoName.WithFullName("Ludwig van Beethoven").LastName));
    }

    [Fact]
    public void Only_blanks_of_a_name_are_lost() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
    {
        var names = NoName.WithFullName(text.Get);
        return WithoutBlanks(names.FirstName + names.LastName) == WithoutBlanks(text.Get);
    }));

    private static string WithoutBlanks(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
}
