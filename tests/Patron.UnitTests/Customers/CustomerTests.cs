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
    public void Texts_are_trimmed_and_blank_texts_are_null() => Assert.Equal(("John", null, "Individual"), (John.FirstName, John.Gender, John.CustomerGroup));

    [Fact]
    public void Derived_values_are_stored()
    {
        var customer = Create(John);
        Assert.Equal(("john@example.com", EmailClaim.Claimed, "GB"), (customer.EmailKey, customer.Claim, customer.CountryCode));
        Assert.Matches("^CUST_[0-9A-F]{8}$", customer.CustomerId);
        Assert.Equal((1, customer.CustomerId.Replace('_', '-')), (customer.Version, customer.AccountNumber));
    }

    [Fact]
    public void Record_without_email_claims_nothing() => Assert.Equal(EmailClaim.Unclaimed, Create(With(John, CustomerSchema.Email.With(null))).Claim);

    [Fact]
    public void Deletion_sets_a_time_until_it_is_restored()
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
    public void Name_of_an_individual_is_derived_from_personal_names()
    {
        Assert.Equal("John Doe", John.Name);
        Assert.Equal("Jane Doe", With(John, CustomerSchema.FirstName.With("Jane")).Name);
    }

    [Fact]
    public void Explicit_name_is_kept()
    {
        var named = With(John, CustomerSchema.Name.With("Johnny"));
        Assert.Equal("Johnny", With(named, CustomerSchema.FirstName.With("Jane")).Name);
        Assert.Equal("John Doe", With(named, CustomerSchema.Name.With("")).Name);
    }

    [Theory]
    [InlineData(CustomerType.Individual, "John", "Doe", "Shown", "John Doe")]
    [InlineData(CustomerType.Individual, "", "", "Only name", "Only name")]
    [InlineData(CustomerType.Company, "John", "Doe", "Tech Corp", "Tech Corp")]
    public void Full_name_depends_on_the_customer_type(CustomerType type, string first, string last, string name, string expected) => Assert.Equal(
        expected,
        With(new Customer(), CustomerSchema.Type.With(type), CustomerSchema.FirstName.With(first), CustomerSchema.LastName.With(last), CustomerSchema.Name.With(name)).FullName);

    [Fact]
    public void Inactive_deletes_softly_and_active_restores()
    {
        var deleted = With(John, CustomerSchema.Status.With(CustomerStatus.Inactive));
        Assert.True(deleted.IsDeleted);
        AssertSame(John, With(deleted, CustomerSchema.Status.With(CustomerStatus.Active)));
        AssertSame(John, With(deleted, CustomerSchema.IsActive.With(true)));
        AssertSame(deleted, With(John, CustomerSchema.IsActive.With(false)));
    }

    [Fact]
    public void Blocked_counts_as_inactive_and_prospect_as_active()
    {
        var blocked = With(John, CustomerSchema.Status.With(CustomerStatus.Blocked));
        var prospect = With(John, CustomerSchema.Status.With(CustomerStatus.Prospect));
        AssertSame(blocked, With(blocked, CustomerSchema.IsActive.With(false)));
        AssertSame(prospect, With(prospect, CustomerSchema.IsActive.With(true)));
        AssertSame(John, With(blocked, CustomerSchema.IsActive.With(true)));
    }

    [Fact]
    public void Merge_fills_empty_fields_and_the_address_only_as_a_whole()
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
    public void Known_country_gets_its_code(string? country, string? code) => Assert.Equal(code, Countries.CodeOf(country));

    private static void AssertSame(Customer one, Customer other) => Assert.Empty(CustomerSchema.Fields.Changed(one, other));

    private static Customer With(Customer customer, params FieldValue<Customer>[] values) => customer.With(new CustomerChanges(values));

    private static Customer Create(Customer values) =>
        Customer.Create(Guid.NewGuid(), values, Then);
}
