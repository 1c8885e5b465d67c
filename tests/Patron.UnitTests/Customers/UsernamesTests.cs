using FsCheck;
using FsCheck.Fluent;
using Patron.Customers.Customers;
using Patron.Tests;

namespace Patron.UnitTests.Customers;

public class UsernamesTests
{
    [Theory]
    [InlineData("JohnDoe", "johndoe")]
    [InlineData("Jöhn Dœ", "johndoe")]
    [InlineData("Groß", "gross")]
    [InlineData("Søren Łukasz Đorđe", "sorenlukaszdorde")]
    [InlineData("Þór Ægir", "thoraegir")]
    [InlineData("İbrahim", "ibrahim")]
    [InlineData("O'Brien-Smith", "obriensmith")]
    [InlineData("ﬁona", "fiona")]
    [InlineData("Maximilian Alexander von Hohenlohe", "maximilianalexanderv")]
    [InlineData("李小龙", "customer")]
    [InlineData("", "customer")]
    [InlineData("😀", "customer")]
    public void Name_is_folded(string name, string expected) => Assert.Equal(expected, Usernames.Base(name));

    [Fact]
    public void Base_has_1_to_20_lower_case_letters_and_digits() =>
        Check.QuickThrowOnFailure(Prop.ForAll(HostileTexts.Any.ToArbitrary(), name =>
        {
            var folded = Usernames.Base(name);
            return folded.Length is >= 1 and <= Usernames.MaxBaseLength && folded.All(character => character is (>= 'a' and <= 'z') or (>= '0' and <= '9'))
                && folded == Usernames.Base(folded);
        }));

    [Fact]
    public void Taken_name_gets_a_number_and_finally_a_UUID()
    {
        var candidates = Usernames.Candidates("John Doe");
        Assert.Equal("johndoe", candidates[0]);
        Assert.All(candidates[1..^1], candidate => Assert.Matches("^johndoe[0-9]{4,9}$", candidate));
        Assert.Matches("^johndoe[0-9a-f]{32}$", candidates[^1]);
    }
}
