using System.Text.Json;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Results;

namespace Patron.UnitTests.Customers;

public class CustomerSchemaTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_property_of_a_customer_is_declared_once()
    {
        string[] computed = [nameof(Customer.AccountNumber), nameof(Customer.MergedInto), nameof(Customer.NamedUid), nameof(Customer.Incomplete), nameof(Customer.Reader), nameof(Customer.FullName), nameof(Customer.Address), nameof(Customer.Partner)];
        var properties = typeof(Customer).GetProperties().Select(property => property.Name).Except(computed).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
        Assert.Equal(properties.Order(), CustomerSchema.Fields.All.Select(field => field.Name).Order());
    }

    [Fact]
    public void Every_field_reads_and_writes_the_property_of_its_name()
    {
        foreach (var field in CustomerSchema.Fields.All)
        {
            var name = string.Concat(field.Name.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
            var property = typeof(Customer).GetProperty(name)!;
            var changed = new Customer();
            property.SetValue(changed, Other(property.PropertyType, property.GetValue(changed)));
            Assert.True(field.Differs(new Customer(), changed), $"{field.Name} does not read {name}");
            var copy = new Customer();
            field.Copy(changed, copy);
            Assert.Equal(property.GetValue(changed), property.GetValue(copy));
        }
    }

    [Fact]
    public void Only_staff_see_a_field_whose_declaration_names_no_other_reader()
    {
        Assert.Equal(FieldReader.Staff, new Field<Customer, string?>("new", FieldKinds.OptionalText, customer => null, (customer, value) => { }).Reader);
        Assert.Equal(
            ["notes", "tags"], CustomerSchema.Fields.All.Where(field => field.IsShown && field.Reader == FieldReader.Staff).Select(field => field.Name));
    }

    [Fact]
    public void Only_differing_fields_are_changes()
    {
        var before = New(
            CustomerSchema.City.With("Boston"), CustomerSchema.Tags.With(["a", "b"]), CustomerSchema.NotificationPreferences.With("""{"a": 1, "b": [2]}"""));
        var same = before.With(new CustomerChanges(
            CustomerSchema.Tags.With(["a", "b"]), CustomerSchema.NotificationPreferences.With("""{"b":[2],"a":1}"""), CustomerSchema.City.With(" Boston")));
        Assert.Empty(CustomerSchema.Fields.Changed(before, same));
        var after = before.With(new CustomerChanges(
            CustomerSchema.City.With(null), CustomerSchema.Tags.With(["b", "a"]), CustomerSchema.NotificationPreferences.With("{}"), CustomerSchema.MarketingSms.With(true)));
        Assert.Equal(["city", "marketing_sms", "notification_preferences", "tags"], CustomerSchema.Fields.Changed(before, after).Select(field => field.Name).Order());
    }

    [Fact]
    public void Audit_entries_contain_the_values_by_field_name()
    {
        var customer = New(
            CustomerSchema.City.With("Boston"), CustomerSchema.Tags.With(["a", "b"]), CustomerSchema.DateOfBirth.With(new(1990, 1, 15)), CustomerSchema.MarketingSms.With(true),
            CustomerSchema.PreferredContactMethod.With(ContactMethod.Sms), CustomerSchema.NotificationPreferences.With("""{"a":1}"""));
        var json = CustomerSchema.Fields.Changed(new Customer(), customer).Append(CustomerSchema.Country).ToJson(customer);
        using var expected = JsonDocument.Parse(
            """{"city":"Boston","tags":"a,b","date_of_birth":"1990-01-15","marketing_sms":true,"preferred_contact_method":"sms","notification_preferences":{"a":1},"country":null}""");
        using var actual = JsonDocument.Parse(json);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, actual.RootElement), json);
    }

    [Fact]
    public void All_errors_are_reported_together()
    {
        var customer = New(
            CustomerSchema.LastName.With(new string('x', 101)), CustomerSchema.Email.With("nobody"), CustomerSchema.Phone.With("12"),
            CustomerSchema.DateOfBirth.With(new(2027, 1, 1)), CustomerSchema.Tags.With([new string('t', 501)]));
        var unread = new FieldErrors();
        unread.Add("frist_name", "There's no field with this name. Did you mean first_name?");
        var error = CustomerSchema.CheckNew(customer, ["first_name", "email"], Now, unread);
        Assert.Equal(["date_of_birth", "email", "first_name", "frist_name", "last_name", "phone", "tags"], error?.Fields?.Keys.Order());
    }

    [Fact]
    public void Customer_without_any_name_is_refused()
    {
        Assert.Equal(["name"], CustomerSchema.CheckNew(new Customer(), [], Now)?.Fields?.Keys);
        Assert.Null(CustomerSchema.CheckNew(New(CustomerSchema.Name.With("Tech Corp")), [], Now));
    }

    [Fact]
    public void Change_survives_a_round_trip_through_JSON()
    {
        var changes = new CustomerChanges(
            CustomerSchema.City.With("Boston"), CustomerSchema.Phone.With(null), CustomerSchema.Tags.With(["a", "b"]), CustomerSchema.DateOfBirth.With(new(1990, 1, 15)),
            CustomerSchema.Status.With(CustomerStatus.Blocked), CustomerSchema.MarketingSms.With(true), CustomerSchema.NotificationPreferences.With("""{"a":[1]}"""));
        var read = new CustomerChanges();
        read.AddJson(changes.ToJson());
        Assert.Equal(changes.ToJson(), read.ToJson());
        Assert.Empty(CustomerSchema.Fields.Changed(New([.. changes.Values]), New([.. read.Values])));
        Assert.Null(read.Errors);
    }

    [Fact]
    public void Stored_change_of_an_unknown_field_is_reported()
    {
        var read = new CustomerChanges();
        read.AddJson("""{"fax": "1", "city": 7, "country": "USA"}""");
        Assert.Equal(["city", "fax"], read.Errors?.ToError().Fields?.Keys.Order());
        Assert.Equal("USA", read.ValueOf(CustomerSchema.Country));
    }

    private static Customer New(params FieldValue<Customer>[] values) => new Customer().With(new CustomerChanges(values));

    private static object Other(Type type, object? usual) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var it when it == typeof(string) => "{\"other\":1}",
        var it when it == typeof(IReadOnlyList<string>) => new[] { "other" },
        var it when it == typeof(bool) => usual is false,
        var it when it == typeof(int) => 7,
        var it when it == typeof(long) => 7L,
        var it when it == typeof(Guid) => Guid.NewGuid(),
        var it when it == typeof(DateOnly) => new DateOnly(1990, 1, 15),
        var it when it == typeof(DateTimeOffset) => Now,
        var it => Enum.GetValues(it).Cast<object>().First(value => !value.Equals(usual)),
    };
}
