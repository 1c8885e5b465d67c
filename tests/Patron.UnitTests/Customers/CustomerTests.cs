using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.UnitTests.Customers;

public class CustomerTests
{
    private static readonly DateTimeOffset Then = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Then.AddDays(1);

    private static readonly Customer John = With(
        new Customer(), CustomerSchema.FirstName.With(" John "), CustomerSchema.LastName.With("Doe"), CustomerSchema.Email.With("John@Example.com"),
        CustomerSchema.Phone.With("0049 30 123456"), CustomerSchema.Country.With("UK"), CustomerSchema.Gender.With("  "), CustomerSchema.Group.With(" "));

    [Fact]
    public void Texts_lose_their_blanks_and_blank_ones_are_nothing() => Assert.Equal(("John", null, "Individual"), (John.FirstName, John.Gender, John.CustomerGroup));

    [Fact]
    public void What_follows_from_the_values_is_kept_beside_them()
    {
        var customer = Create(John);
        Assert.Equal(("john@example.com", EmailClaim.Claimed, "GB"), (customer.EmailKey, customer.Claim, customer.CountryCode));
        Assert.Matches("^CUST_[0-9A-F]{8}$", customer.CustomerId);
        Assert.Equal((1, customer.CustomerId.Replace('_', '-')), (customer.Version, customer.AccountNumber));
    }

    [Fact]
    public void Without_an_address_nothing_is_claimed() => Assert.Equal(EmailClaim.Unclaimed, Create(With(John, CustomerSchema.Email.With(null))).Claim);

    [Fact]
    public void Deletion_has_a_time_until_it_is_taken_back()
    {
        var customer = Create(John);
        customer.Delete(Later);
        Assert.Equal((Later, 2), (customer.DeletedAt, customer.Version));
        customer.Delete(Later.AddDays(1));
        customer.Change(With(customer, CustomerSchema.Gender.With("other")), Later.AddDays(1));
        Assert.Equal((Later, 3), (customer.DeletedAt, customer.Version));
        customer.Restore(Later);
        Assert.Null(customer.DeletedAt);
    }

    [Fact]
    public void The_name_of_an_individual_follows_their_names()
    {
        Assert.Equal("John Doe", John.Name);
        Assert.Equal("Jane Doe", With(John, CustomerSchema.FirstName.With("Jane")).Name);
    }

    [Fact]
    public void A_name_somebody_wrote_stays()
    {
        var named = With(John, CustomerSchema.Name.With("Johnny"));
        Assert.Equal("Johnny", With(named, CustomerSchema.FirstName.With("Jane")).Name);
        Assert.Equal("John Doe", With(named, CustomerSchema.Name.With("")).Name);
    }

    [Theory]
    [InlineData(CustomerType.Individual, "John", "Doe", "Shown", "John Doe")]
    [InlineData(CustomerType.Individual, "", "", "Only name", "Only name")]
    [InlineData(CustomerType.Company, "John", "Doe", "Tech Corp", "Tech Corp")]
    public void The_full_name_is_the_persons_or_the_companys(CustomerType type, string first, string last, string name, string expected) => Assert.Equal(
        expected,
        With(new Customer(), CustomerSchema.Type.With(type), CustomerSchema.FirstName.With(first), CustomerSchema.LastName.With(last), CustomerSchema.Name.With(name)).FullName);

    [Fact]
    public void Inactive_is_a_soft_deletion_and_active_lifts_it()
    {
        var deleted = With(John, CustomerSchema.Status.With(CustomerStatus.Inactive));
        Assert.True(deleted.IsDeleted);
        AssertSame(John, With(deleted, CustomerSchema.Status.With(CustomerStatus.Active)));
        AssertSame(John, With(deleted, CustomerSchema.IsActive.With(true)));
        AssertSame(deleted, With(John, CustomerSchema.IsActive.With(false)));
    }

    [Fact]
    public void A_blocked_record_is_inactive_already_and_a_prospect_active()
    {
        var blocked = With(John, CustomerSchema.Status.With(CustomerStatus.Blocked));
        var prospect = With(John, CustomerSchema.Status.With(CustomerStatus.Prospect));
        AssertSame(blocked, With(blocked, CustomerSchema.IsActive.With(false)));
        AssertSame(prospect, With(prospect, CustomerSchema.IsActive.With(true)));
        AssertSame(John, With(blocked, CustomerSchema.IsActive.With(true)));
    }

    [Fact]
    public void A_merge_fills_what_is_empty_and_the_address_only_as_a_whole()
    {
        var one = With(new Customer(), CustomerSchema.Name.With("One"), CustomerSchema.City.With("Boston"), CustomerSchema.Tags.With(["a", "b"]));
        var other = With(
            new Customer(), CustomerSchema.FirstName.With("Jo"), CustomerSchema.LastName.With("Two"), CustomerSchema.City.With("Paris"), CustomerSchema.Country.With("France"),
            CustomerSchema.Tags.With(["b", "c"]), CustomerSchema.Mobile.With("+49 30 1"), CustomerSchema.Group.With("Wholesale"), CustomerSchema.IsPrimaryContact.With(true));
        var merged = one.MergedWith(other);
        Assert.Equal(("Jo", "One", "Boston", null, "+49 30 1", "Wholesale", true), (merged.FirstName, merged.Name, merged.City, merged.Country, merged.Mobile, merged.CustomerGroup, merged.IsPrimaryContact));
        Assert.Equal(["a", "b", "c"], merged.Tags);
    }

    [Theory]
    [InlineData("USA", "US")]
    [InlineData("us", "US")]
    [InlineData("United States", "US")]
    [InlineData("Deutschland", "DE")]
    [InlineData("Germany", "DE")]
    [InlineData("Türkiye", "TR")]
    [InlineData("Atlantis", null)]
    [InlineData(null, null)]
    public void A_country_has_its_code_where_it_is_known(string? country, string? code) => Assert.Equal(code, Countries.CodeOf(country));

    private static void AssertSame(Customer one, Customer other) => Assert.Empty(CustomerSchema.Fields.Changed(one, other));

    private static Customer With(Customer customer, params FieldValue<Customer>[] values) => customer.With(new CustomerChanges(values));

    private static Customer Create(Customer values) =>
        Customer.Create(Guid.NewGuid(), values, Then);
}
