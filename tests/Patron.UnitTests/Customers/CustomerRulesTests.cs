using Patron.Customers.Customers;

namespace Patron.UnitTests.Customers;

public class CustomerRulesTests
{
    private static readonly DateOnly Today = new(2026, 7, 1);

    [Theory]
    [InlineData("1990-01-15", true)]
    [InlineData("2026-07-01", true)]
    [InlineData("2026-07-02", false)]
    [InlineData("1876-07-01", true)]
    [InlineData("1876-06-30", false)]
    public void A_birth_date_is_neither_in_the_future_nor_impossibly_old(string date, bool valid) =>
        Assert.Equal(valid, CustomerRules.BirthDate(DateOnly.Parse(date), Today) is null);

    [Theory]
    [InlineData("https://www.example.com/a?b=c#d", true)]
    [InlineData("example.com", true)]
    [InlineData("HTTP://bücher.example:8080", true)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x.y", false)]
    [InlineData("ftp://example.com", false)]
    [InlineData("https://example.com/a b", false)]
    [InlineData("localhost", false)]
    public void A_web_address_is_what_a_page_may_link_to(string address, bool valid) =>
        Assert.Equal(valid, CustomerRules.Website(address) is null);

    [Theory]
    [InlineData("name@example.com", true)]
    [InlineData("name@example", false)]
    [InlineData("Name <name@example.com>", false)]
    [InlineData("na\0me@example.com", false)]
    public void An_email_is_a_bare_address(string address, bool valid) => Assert.Equal(valid, CustomerRules.Email(address) is null);

    [Theory]
    [InlineData("plain", true)]
    [InlineData("two\nlines", false)]
    [InlineData("NUL\0", false)]
    [InlineData("A\uFFFE B", false)]
    [InlineData("whole 😀 and \uFFFD", true)]
    public void A_text_is_valid_Unicode_of_one_line(string text, bool valid) => Assert.Equal(valid, CustomerRules.Text(text, max: 100) is null);

    [Fact]
    public void Half_a_surrogate_pair_is_refused() // Not as inline data: the compiler replaces the halves.
    {
        Assert.All(["half \ud83d pair", "half \ude00", "at the end \ud83d", "\ude00\ud83d", "\uFFFD and \ud83d!"], text => Assert.NotNull(CustomerRules.Text(text, max: 100)));
    }

    [Fact]
    public void Notes_have_lines() => Assert.Null(CustomerRules.Text("two\r\nlines\tand a tab", max: 100, severalLines: true));

    [Fact]
    public void Lengths_are_counted_as_people_count()
    {
        Assert.Null(CustomerRules.Text(string.Concat(Enumerable.Repeat("😀", 100)), max: 100));
        Assert.NotNull(CustomerRules.Text(new string('a', 101), max: 100));
    }

    [Theory]
    [InlineData("""{"a":[1,true,null,{"b":"c"}]}""", true)]
    [InlineData("[1]", false)]
    [InlineData("null", false)]
    [InlineData("""{"a":"\u0000"}""", false)]
    [InlineData("""{"\u0000":1}""", false)]
    [InlineData("""{"a":"\ud800"}""", false)]
    [InlineData("""{"\ud800":1}""", false)]
    [InlineData("""{"a":"\ufffe"}""", false)]
    [InlineData("""{"a":1e400}""", false)]
    [InlineData("""{"a":1e-20000}""", false)]
    [InlineData("""{"a":0e-20000}""", false)]
    [InlineData("""{"a":0.5}""", true)]
    [InlineData("""{"a":0}""", true)]
    public void Preferences_are_an_object_the_database_can_hold(string json, bool valid) =>
        Assert.Equal(valid, CustomerRules.Preferences(new JsonText(json)) is null);

    [Fact]
    public void Preferences_are_bounded() => Assert.NotNull(CustomerRules.Preferences(new JsonText($$"""{"a":"{{new string('x', 9000)}}"}""")));
}
