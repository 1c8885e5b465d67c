using System.Text.Json;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;

namespace Patron.UnitTests.Customers;

public class CustomerFieldsTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_table_names_every_property_that_is_written_once()
    {
        var written = typeof(CustomerDetails).GetProperties().Where(property => property.PropertyType != typeof(Address))
            .Concat(typeof(Address).GetProperties())
            .Where(property => property.CanWrite)
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        Assert.Equal(written.Order(), CustomerFields.All.Select(field => field.Name).Order());
    }

    [Fact]
    public void Only_what_differs_is_a_change()
    {
        var before = new CustomerDetails { Address = new() { City = "Boston" }, Tags = ["a", "b"], NotificationPreferences = """{"a": 1, "b": [2]}""" };
        var same = before with { Tags = ["a", "b"], NotificationPreferences = """{"b":[2],"a":1}""", Address = new() { City = " Boston" } };
        Assert.Empty(CustomerFields.Changed(before, same));
        var after = before with { Address = new(), Tags = ["b", "a"], NotificationPreferences = "{}", MarketingSms = true };
        Assert.Equal(["city", "marketing_sms", "notification_preferences", "tags"], CustomerFields.Changed(before, after).Select(field => field.Name));
    }

    [Fact]
    public void Audit_entries_hold_the_values_by_name()
    {
        var details = new CustomerDetails
        {
            Address = new() { City = "Boston" }, Tags = ["a", "b"], DateOfBirth = new(1990, 1, 15), MarketingSms = true,
            PreferredContactMethod = ContactMethod.Sms, NotificationPreferences = """{"a":1}""",
        };
        var json = CustomerFields.Changed(new CustomerDetails(), details).Concat(CustomerFields.Named(["country"])).ToJson(details);
        using var expected = JsonDocument.Parse(
            """{"city":"Boston","tags":"a,b","date_of_birth":"1990-01-15","marketing_sms":true,"preferred_contact_method":"sms","notification_preferences":{"a":1},"country":null}""");
        using var actual = JsonDocument.Parse(json);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, actual.RootElement), json);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once()
    {
        var details = new CustomerDetails { LastName = new string('x', 101), Email = "nobody", Phone = "12", DateOfBirth = new(2027, 1, 1), Tags = [new string('t', 501)] };
        var error = CustomerFields.Check(details, CustomerFields.All, ["first_name", "email"], Now);
        Assert.Equal(["date_of_birth", "email", "first_name", "last_name", "phone", "tags"], error?.Fields?.Keys.Order());
    }

    [Fact]
    public void Some_name_there_must_be()
    {
        Assert.Equal(["name"], CustomerFields.Check(new CustomerDetails(), CustomerFields.All, [], Now)?.Fields?.Keys);
        Assert.Null(CustomerFields.Check(new CustomerDetails { Name = "Tech Corp" }, CustomerFields.All, [], Now));
    }
}
