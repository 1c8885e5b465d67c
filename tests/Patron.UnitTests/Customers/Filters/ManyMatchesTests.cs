using Patron.Customers.Search;
using Patron.UnitTests.Tokens;

namespace Patron.UnitTests.Customers.Filters;

/// <summary>What is remembered of conditions that very many customers match.</summary>
public sealed class ManyMatchesTests
{
    private readonly FakeTime time = new();

    [Fact]
    public void Conditions_are_remembered_for_a_minute()
    {
        var many = new ManyMatches(time);
        many.Add("city = 'Harare'");
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(many.Contains("city = 'Harare'"));
        Assert.False(many.Contains("city = 'Berlin'"));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(many.Contains("city = 'Harare'"));
    }

    [Fact]
    public void The_memory_has_an_end()
    {
        var many = new ManyMatches(time);
        for (var number = 0; number <= 1000; number++)
        {
            many.Add($"id = {number}");
        }

        Assert.False(many.Contains("id = 0"));
        Assert.True(many.Contains("id = 1000"));
    }
}
