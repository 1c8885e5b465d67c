using Patron.Customers.Customers;

namespace Patron.UnitTests.Customers;

public class CustomerTests
{
    private static readonly DateTimeOffset Then = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Then.AddDays(1);

    private static readonly CustomerDetails John = new() { FirstName = "John", LastName = "Doe", Email = "John@Example.com", Phone = "0049 30 123456", Address = new() { Country = "UK" } };

    [Fact]
    public void What_follows_from_the_details_is_kept_beside_them()
    {
        var customer = Enter(John);
        Assert.Equal(("john@example.com", EmailClaim.Claimed, "+4930123456", "GB"), (customer.EmailKey, customer.Claim, customer.PhoneE164, customer.CountryCode));
        Assert.Equal((1, "CUST-A1B2C3D4"), (customer.Version, customer.AccountNumber));
    }

    [Fact]
    public void Without_an_address_nothing_is_claimed() => Assert.Equal(EmailClaim.Unclaimed, Enter(John with { Email = null }).Claim);

    [Fact]
    public void Deletion_has_a_time_until_it_is_taken_back()
    {
        var customer = Enter(John);
        customer.Change(John with { IsDeleted = true }, Later);
        Assert.Equal((Later, 2), (customer.DeletedAt, customer.Version));
        customer.Change(John with { IsDeleted = true, Gender = "other" }, Later.AddDays(1));
        Assert.Equal(Later, customer.DeletedAt);
        customer.Change(John, Later);
        Assert.Null(customer.DeletedAt);
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

    private static Customer Enter(CustomerDetails details) =>
        Customer.Enter(Guid.NewGuid(), details, new Identifiers(Guid.NewGuid(), "CUST_A1B2C3D4", "CUST-00001", "johndoe"), Then);
}
