using FsCheck;
using FsCheck.Fluent;
using Patron.Customers.Search.Filters;
using Patron.Tests;

namespace Patron.UnitTests.Customers.Filters;

/// <summary>The filter language: what is read, what is refused and where, and what is written.</summary>
public sealed class FilterTermsTests
{
    internal static readonly FilterTerms Terms = new(
    [
        new FilterTerm("erp", "A partner") { Aliases = ["odoo"], Example = "1", Condition = (sql, values) => sql.Add(values) },
        new FilterTerm("has", "") { Choices = [new FilterChoice("odoo", "A partner", "erp_source = 'odoo'")] },
    ]);

    // What a filter is made of.
    private static readonly Gen<string> Filters = Gen.Elements(
        "tag:", "-", "\"", ",", " ", "city:", "is:", "active", "a b", "created:", ">=2026-01-01", "7d", "\\", "odoo:1", "x", "Łukasz", "http://", "10:30", "*", "\u00A0", "-\"", ":")
        .ArrayOf().Select(string.Concat);

    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("john", "john")]
    [InlineData("  john \t doe ", null)] // Control characters are refused.
    [InlineData("  john   doe ", "john doe")]
    [InlineData("\"john doe\"", "\"john doe\"")]
    [InlineData("\"john doe", "\"john doe\"")] // A quotation that goes on to the end.
    [InlineData("-john", "-john")]
    [InlineData("-\"john doe\" x", "-\"john doe\" x")]
    [InlineData("+49 30 1234567", "+49 30 1234567")]
    [InlineData("10:30", "10:30")]
    [InlineData("https://example.com", "https://example.com")]
    [InlineData("TAG:Premium", "tag:Premium")]
    [InlineData("tag:a,b", "tag:a,b")]
    [InlineData("tag:a,,b,", "tag:a,b")]
    [InlineData("tag:a,a", "tag:a")]
    [InlineData("tag:\"a b\",c", "tag:\"a b\",c")]
    [InlineData("tag:\"a,b\"", "tag:\"a,b\"")]
    [InlineData("tag:\"say \\\"hi\\\"\"", "tag:\"say \\\"hi\\\"\"")]
    [InlineData("tag:a\\b", "tag:a\\b")]
    [InlineData("tag:\"a\"b", "tag:a b")]
    [InlineData("-tag:old city:\"New York\"", "-tag:old city:\"New York\"")]
    [InlineData("IS:Active", "is:active")]
    [InlineData("odoo:1234", "erp:1234")]
    [InlineData("has:odoo", "has:odoo")]
    [InlineData("reference:4711", "ref:4711")]
    [InlineData("created:>2026-01-01", "created:>2026-01-01")]
    [InlineData("created:7d,2024,2025-03", "created:7d,2024,2025-03")]
    [InlineData("email:*@example.com", "email:*@example.com")]
    [InlineData("john - doe", "john doe")]
    [InlineData("--a", "--a")]
    [InlineData("a\"b c", "a\"b c")]
    public void Filter_is_read_and_written_in_its_canonical_form(string text, string? expected)
    {
        var filter = Terms.Parse(text);
        Assert.Equal(expected is null, filter.Errors.Count > 0);
        Assert.Equal(expected ?? "", filter.Text);
    }

    [Theory]
    [InlineData("citty:x", 0, 5, "There's no term citty:. Did you mean city:? To search for this text, write it in quotation marks.", "city")]
    [InlineData("a -taag:x", 3, 4, "There's no term taag:. Did you mean tag:? To search for this text, write it in quotation marks.", "tag")]
    [InlineData("nonsense:x", 0, 8, "There's no term nonsense:. To search for this text, write it in quotation marks.", null)]
    [InlineData("a tag:", 2, 4, "Write a value after tag:, such as tag:premium.", null)]
    [InlineData("is: x", 0, 3, "Write a value after is:, such as is:active.", null)]
    [InlineData("tag:,", 0, 5, "Write a value after tag:, such as tag:premium.", null)]
    [InlineData("tag:\" \"", 0, 7, "Write a value after tag:, such as tag:premium.", null)]
    [InlineData("type:active,companie", 5, 6, "There's no type:active. Use one of type:individual, type:company.", null)]
    [InlineData("type:companie", 5, 8, "There's no type:companie. Did you mean type:company?", "type:company")]
    [InlineData("created:yesterday", 8, 9, "created: " + DateRule, null)]
    [InlineData("created:2026-02-30", 8, 10, "created: " + DateRule, null)]
    [InlineData("created:>", 8, 1, "created: " + DateRule, null)]
    [InlineData("created:0000", 8, 4, "created: " + DateRule, null)]
    [InlineData("created:99999d", 8, 6, "created: " + DateRule, null)]
    [InlineData("seen:9999y", 5, 5, null, null)]
    [InlineData("first_name:'", 11, 1, "first_name: Write letters or digits.", null)]
    [InlineData("a\u0000b", 0, 3, "Remove the control characters.", null)]
    [InlineData("a\nb", 0, 3, "Remove the control characters.", null)]
    public void Error_says_where_and_what_and_the_name_that_was_meant(string text, int position, int length, string? message, string? suggestion)
    {
        var filter = Terms.Parse(text);
        if (message is null)
        {
            Assert.Empty(filter.Errors);
            return;
        }

        Assert.Equal(new FilterError(position, length, message, suggestion), filter.Errors[0]);
    }

    [Fact]
    public void Part_with_a_wrong_value_is_left_out_whole_and_other_parts_stay()
    {
        var filter = Terms.Parse("john is:active,actve tag:a");
        Assert.Equal(("john tag:a", 1), (filter.Text, filter.Errors.Count));
    }

    [Fact]
    public void Length_and_number_of_terms_are_limited()
    {
        Assert.Empty(Terms.Parse(new string('a', CustomerFilter.MaxLength)).Errors);
        Assert.Equal("Use at most 1000 characters.", Assert.Single(Terms.Parse(new string('a', CustomerFilter.MaxLength + 1)).Errors).Message);
        var many = string.Concat(Enumerable.Repeat("tag:a ", CustomerFilter.MaxParts));
        Assert.Empty(Terms.Parse(many).Errors);
        Assert.Equal("Use at most 30 terms.", Assert.Single(Terms.Parse(many + "tag:b").Errors).Message);
    }

    [Fact]
    public void Chips_have_their_source_and_the_text_without_each()
    {
        var filter = Terms.Parse("""  John  DOE  TAG:"a b",c -is:Active """);
        Assert.Equal(["John  DOE", "TAG:\"a b\",c", "-is:Active"], filter.Parts.Select(part => part.Source));
        Assert.Equal(
            ["tag:\"a b\",c -is:active", "John DOE -is:active", "John DOE tag:\"a b\",c"], filter.Parts.Select(filter.Without));
        Assert.Equal([2, 13, 25], filter.Parts.Select(part => part.Start));
    }

    [Fact]
    public void Joined_filters_hold_both_even_if_the_first_ends_in_a_quotation()
    {
        Assert.Equal("\"a b\" tag:c", Terms.ParseStored(CustomerFilter.Join("\"a b", "tag:c")!).Text);
        Assert.Equal("tag:\"a b\" c", Terms.ParseStored(CustomerFilter.Join("tag:\"a b", "c")!).Text);
        Assert.Equal("a", CustomerFilter.Join(null, "a"));
        Assert.Null(CustomerFilter.Join(null, null));
    }

    [Fact]
    public void Parts_that_can_name_a_person_are_removed_and_others_stay() => Assert.Equal(
        "tag:a -city:b is:active",
        FilterTerms.Own.ParseStored("john tag:a email:a@b.example -city:b \"x y\" id:CUST_A1B2C3D4 is:active phone:123 odoo:1").WithoutPersons());

    [Fact]
    public void Written_filter_is_read_as_the_same_parts()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(Filters), IsReadAgain));
        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(HostileTexts.Any), IsReadAgain));
    }

    [Fact]
    public void Hostile_texts_are_read_quickly_and_places_are_within_the_text()
    {
        foreach (var text in (string[])[.. HostileTexts.Some(7), .. HostileTexts.Huge, HostileTexts.Repeat("tag:\",", 160), HostileTexts.Repeat("a:", 500)])
        {
            var filter = Terms.Parse(text);
            Assert.All(filter.Errors, error => Assert.True(error.Position >= 0 && error.Position + error.Length <= text.Length));
            Assert.All(filter.Parts, part => Assert.Equal(part.Source, text.Substring(part.Start, part.Length)));
        }
    }

    private const string DateRule =
        "Write a day (2026-01-31), a month (2026-01), a year (2026), or 7d, 2w, 3m or 1y until today. It can follow >, >=, < or <=.";

    private static bool IsReadAgain(string text)
    {
        var filter = Terms.Parse(text);
        var again = Terms.ParseStored(filter.Text);
        return again.Errors.Count == 0 && Shape(again).SequenceEqual(Shape(filter), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Shape(CustomerFilter filter) => filter.Parts.Select(
        part => $"{part.Term?.Name}|{part.IsNegated}|{part.IsPhrase}|{string.Join('\n', part.Values)}");
}
