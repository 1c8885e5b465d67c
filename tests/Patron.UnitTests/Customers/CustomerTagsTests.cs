using FsCheck;
using FsCheck.Fluent;
using Patron.Customers.Customers;

namespace Patron.UnitTests.Customers;

public class CustomerTagsTests
{
    [Theory]
    [InlineData("premium,tech,new-york", "premium,tech,new-york")]
    [InlineData(" tech , ,premium,,tech", "tech,premium")]
    [InlineData("\u200Ftech\u2028,\u202Etech, new\u200D york\u2069", "tech,new\u200D york")]
    [InlineData(" , ", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Tags_are_distinct_in_order_of_first_mention(string? text, string? expected) =>
        Assert.Equal(expected, CustomerTags.Format(CustomerTags.Parse(text)));

    [Fact]
    public void Formatted_tags_parse_to_the_same_set() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
        {
            var tags = CustomerTags.Parse(text);
            return CustomerTags.Parse(CustomerTags.Format(tags)).SequenceEqual(tags);
        }));

    [Fact]
    public void Sixty_thousand_tags_are_parsed_quickly()
    {
        var text = string.Join(',', Enumerable.Range(0, 60_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(60_000, CustomerTags.ToSet(CustomerTags.Parse(text)).Length);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 1);
    }

    [Fact]
    public void Comma_always_separates_tags() => Assert.Equal(["a", "b"], CustomerTags.ToSet(["a,b", "b"]));
}
