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
    public void Birth_date_must_be_in_the_past_150_years(string date, bool valid) =>
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
    public void Website_must_be_an_http_address(string address, bool valid) =>
        Assert.Equal(valid, CustomerRules.Website(address) is null);

    [Theory]
    [InlineData("name@example.com", true)]
    [InlineData("name@example", false)]
    [InlineData("Name <name@example.com>", false)]
    [InlineData("na\0me@example.com", false)]
    public void Email_must_be_a_bare_address(string address, bool valid) => Assert.Equal(valid, CustomerRules.Email(address) is null);

    [Theory]
    [InlineData("plain", true)]
    [InlineData("two\nlines", false)]
    [InlineData("NUL\0", false)]
    [InlineData("A\uFFFE B", false)]
    [InlineData("whole 😀 and \uFFFD", true)]
    public void Text_must_be_valid_Unicode_on_one_line(string text, bool valid) => Assert.Equal(valid, CustomerRules.Text(text, max: 100) is null);

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() // Not as inline data: the compiler replaces the halves.
    {
        Assert.All(["half \ud83d pair", "half \ude00", "at the end \ud83d", "\ude00\ud83d", "\uFFFD and \ud83d!"], text => Assert.NotNull(CustomerRules.Text(text, max: 100)));
    }

    [Fact]
    public void Notes_may_have_several_lines() => Assert.Null(CustomerRules.Text("two\r\nlines\tand a tab", max: 100, severalLines: true));

    [Fact]
    public void Lengths_count_code_points()
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
    public void Preferences_must_be_an_object_that_the_database_can_store(string json, bool valid) =>
        Assert.Equal(valid, CustomerRules.Preferences(new JsonText(json)) is null);

    [Fact]
    public void Too_long_preferences_are_refused() => Assert.NotNull(CustomerRules.Preferences(new JsonText($$"""{"a":"{{new string('x', 9000)}}"}""")));
}
