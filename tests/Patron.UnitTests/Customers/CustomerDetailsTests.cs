using Patron.Customers.Customers;

namespace Patron.UnitTests.Customers;

public class CustomerDetailsTests
{
    private static readonly CustomerDetails John = new CustomerDetails { FirstName = "John", LastName = "Doe" }.Settled(CustomerDetails.Empty);

    [Fact]
    public void Texts_lose_their_blanks_and_blank_ones_are_nothing()
    {
        var details = new CustomerDetails { FirstName = " John ", Gender = "  ", CustomerGroup = " " };
        Assert.Equal(("John", null, "Individual"), (details.FirstName, details.Gender, details.CustomerGroup));
    }

    [Fact]
    public void The_name_of_an_individual_follows_their_names()
    {
        Assert.Equal("John Doe", John.Name);
        Assert.Equal("Jane Doe", (John with { FirstName = "Jane" }).Settled(John).Name);
    }

    [Fact]
    public void A_name_somebody_wrote_stays()
    {
        var named = John with { Name = "Johnny" };
        Assert.Equal("Johnny", (named with { FirstName = "Jane" }).Settled(named).Name);
        Assert.Equal("John Doe", (named with { Name = "" }).Settled(named).Name);
    }

    [Theory]
    [InlineData(CustomerType.Individual, "John", "Doe", "Shown", "John Doe")]
    [InlineData(CustomerType.Individual, "", "", "Only name", "Only name")]
    [InlineData(CustomerType.Company, "John", "Doe", "Tech Corp", "Tech Corp")]
    public void The_full_name_is_the_persons_or_the_companys(CustomerType type, string first, string last, string name, string expected) =>
        Assert.Equal(expected, new CustomerDetails { CustomerType = type, FirstName = first, LastName = last, Name = name }.FullName);

    [Fact]
    public void Inactive_is_a_soft_deletion_and_active_lifts_it()
    {
        var deleted = John.WithStatus(CustomerStatus.Inactive);
        Assert.True(deleted.IsDeleted);
        Assert.Equal(John, deleted.WithStatus(CustomerStatus.Active));
        Assert.Equal(John, deleted.WithActivity(true));
        Assert.Equal(deleted, John.WithActivity(false));
    }

    [Fact]
    public void A_blocked_record_is_inactive_already_and_a_prospect_active()
    {
        var blocked = John.WithStatus(CustomerStatus.Blocked);
        var prospect = John.WithStatus(CustomerStatus.Prospect);
        Assert.Equal(blocked, blocked.WithActivity(false));
        Assert.Equal(prospect, prospect.WithActivity(true));
        Assert.Equal(John, blocked.WithActivity(true));
    }
}
