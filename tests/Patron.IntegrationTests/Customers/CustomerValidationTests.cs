using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Invalid input gets a 4xx with a sentence that names the field, and nothing is written.</summary>
public sealed partial class CustomerValidationTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Missing_required_fields_are_named()
    {
        var staff = await app.SomeStaffAsync();
        await (await app.PostCustomerAsync(staff, new { })).ShouldRefuseAsync("first_name", "last_name", "email");
        await (await app.PostCustomerAsync(staff, new { first_name = " ", last_name = (string?)null, email = "" })).ShouldRefuseAsync("first_name", "last_name", "email");
    }

    [Theory]
    [InlineData("first_name", "\"{101}\"")]
    [InlineData("last_name", "\"{101}\"")]
    [InlineData("email", "\"nobody\"")]
    [InlineData("email", "\"a b@c.example\"")]
    [InlineData("email", "\"{250}@c.example\"")]
    [InlineData("email", "5")]
    [InlineData("phone", "\"call me\"")]
    [InlineData("phone", "\"1234\"")]
    [InlineData("phone", "\"+1 555 0123 0123 0123 01\"")]
    [InlineData("mobile", "\"12 34\"")]
    [InlineData("address_line1", "\"{256}\"")]
    [InlineData("address_line2", "\"{256}\"")]
    [InlineData("city", "\"{101}\"")]
    [InlineData("city", "true")]
    [InlineData("city", "\"two\\nlines\"")]
    [InlineData("city", "\"a\\u0000b\"")]
    [InlineData("city", "\"\\ud800\"")]
    [InlineData("city", "\"\\udc00 a\"")]
    [InlineData("city", "\"\u00ff\"")]
    [InlineData("state", "\"{101}\"")]
    [InlineData("postal_code", "\"{21}\"")]
    [InlineData("country", "\"{101}\"")]
    [InlineData("date_of_birth", "\"1990-13-41\"")]
    [InlineData("date_of_birth", "\"1990-02-30T00:00:00\"")]
    [InlineData("date_of_birth", "\"15/01/1990\"")]
    [InlineData("date_of_birth", "\"\"")]
    [InlineData("date_of_birth", "19900115")]
    [InlineData("date_of_birth", "\"2999-01-01\"")]
    [InlineData("date_of_birth", "\"1066-10-14\"")]
    [InlineData("gender", "\"{21}\"")]
    [InlineData("company_name", "\"{256}\"")]
    [InlineData("tax_id", "\"{51}\"")]
    [InlineData("website", "\"javascript:alert(1)\"")]
    [InlineData("customer_type", "\"robot\"")]
    [InlineData("customer_type", "1")]
    [InlineData("status", "\"gone\"")]
    [InlineData("is_active", "\"yes\"")]
    [InlineData("marketing_emails", "\"true\"")]
    [InlineData("preferred_contact_method", "\"pigeon\"")]
    [InlineData("notification_preferences", "[1]")]
    [InlineData("notification_preferences", "\"{}\"")]
    [InlineData("notification_preferences", "{\"a\": \"\\u0000\"}")]
    [InlineData("notification_preferences", "{\"a\": \"\\ud800\"}")]
    [InlineData("notification_preferences", "{\"\u00ff\": 1}")]
    [InlineData("notification_preferences", "{\"a\": 1e99999}")]
    [InlineData("notification_preferences", "{\"a\": \"{9000}\"}")]
    [InlineData("notes", "\"{10001}\"")]
    [InlineData("notes", "{}")]
    [InlineData("tags", "\"{501}\"")]
    [InlineData("tags", "[\"a\"]")]
    public async Task Invalid_value_is_refused_by_field_name(string field, string value)
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var written = RepeatMarker().Replace(value, match => new string('x', int.Parse(match.Groups["length"].Value)));
        await (await app.PutCustomerAsync(staff, customer.Id(), Raw($$"""{"{{field}}": {{written}}}"""))).ShouldRefuseAsync(field);
        Assert.Equal(customer.ToString(), (await app.ReadCustomerAsync(staff, customer.Id())).ToString());
    }

    [Fact]
    public async Task All_errors_are_reported_together()
    {
        var request = JohnDoe("nobody");
        (request["phone"], request["date_of_birth"], request["first_name"]) = ("12", "1066-10-14", "");
        await (await app.PostCustomerAsync(await app.SomeStaffAsync(), request)).ShouldRefuseAsync("email", "phone", "date_of_birth", "first_name");
    }

    [Fact]
    public async Task All_kinds_of_errors_are_reported_in_one_response()
    {
        const string Body = """{"frist_name": "John", "last_name": "Doe", "email": "nobody", "city": true, "marketing_emails": "yes", "favourite_animal": "cat"}""";
        var refused = await (await app.PostCustomerAsync(await app.SomeStaffAsync(), Raw(Body))).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        var errors = refused.GetProperty("errors");
        Assert.Equal(["city", "email", "first_name", "frist_name", "marketing_emails"], errors.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal("There's no field with this name. Did you mean first_name?", Assert.Single(errors.GetProperty("frist_name").EnumerateArray()).GetString());
        Assert.Contains("5 fields", refused.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Misspelt_name_is_refused_and_unknown_name_ignored()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await (await app.PutCustomerAsync(staff, customer.Id(), new { city = "Boston", frist_name = "Jim" })).ShouldRefuseAsync("frist_name");
        Assert.Equal(customer.ToString(), (await app.ReadCustomerAsync(staff, customer.Id())).ToString());
        var changed = await (await app.PutCustomerAsync(staff, customer.Id(), new { city = "Boston", favourite_animal = new { name = "cat" } })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Boston", changed.Text("city"));
    }

    [Fact]
    public async Task Response_can_be_sent_back_unchanged()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var address = await (await app.AddAddressAsync(staff, customer.Id(), new { type = "billing", city = "Paris" })).ShouldBeAsync(HttpStatusCode.Created);
        customer = await app.ReadCustomerAsync(staff, customer.Id());
        var response = await app.PutCustomerAsync(staff, customer.Id(), Raw(customer.ToString()));
        Assert.Equal(customer.ToString(), (await response.ShouldBeAsync(HttpStatusCode.OK)).ToString());

        response = await app.Customers.SendAsync(HttpMethod.Put, $"{Api}{customer.Id()}/addresses/{address.Text("id")}/", staff, Raw(address.ToString()));
        Assert.Equal(address.ToString(), (await response.ShouldBeAsync(HttpStatusCode.OK)).ToString());
    }

    [Theory]
    [InlineData("{\"city\":", HttpStatusCode.BadRequest)]
    [InlineData("{\"city\": \"a\"", HttpStatusCode.BadRequest)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("[1]", HttpStatusCode.UnprocessableEntity)]
    [InlineData("5", HttpStatusCode.UnprocessableEntity)]
    [InlineData("null", HttpStatusCode.UnprocessableEntity)]
    public async Task Body_that_is_not_an_object_is_refused(string body, HttpStatusCode status)
    {
        var staff = await app.SomeStaffAsync();
        await (await app.PostCustomerAsync(staff, Raw(body))).ShouldBeAsync(status);
        await (await app.PutCustomerAsync(staff, "CUST_00000000", Raw(body))).ShouldBeAsync(status);
    }

    [Fact]
    public async Task Huge_body_is_refused()
    {
        var body = Raw($$"""{"notes": "{{new string('x', 10_000_000)}}"}""");
        var response = await app.PostCustomerAsync(await app.SomeStaffAsync(), body);
        await response.ShouldBeAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Body_that_is_not_JSON_is_refused()
    {
        var form = new FormUrlEncodedContent([new("first_name", "John")]);
        await (await app.PostCustomerAsync(await app.SomeStaffAsync(), form)).ShouldBeAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Unknown_method_or_path_is_refused()
    {
        var staff = await app.SomeStaffAsync();
        await (await app.Customers.SendAsync(HttpMethod.Patch, Api, staff, JohnDoe())).ShouldBeAsync(HttpStatusCode.MethodNotAllowed);
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + "CUST_00000000/nothing", staff)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Names_in_all_scripts_are_stored()
    {
        var request = JohnDoe();
        (request["first_name"], request["last_name"], request["notes"]) = ("李小龙 👩‍👩‍👧", "O'Brien-Łukasz; DROP TABLE", "two\nlines");
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync(), request);
        Assert.Equal(("李小龙 👩‍👩‍👧", "two\nlines"), (customer.Text("first_name"), customer.Text("notes")));
        Assert.StartsWith("obrienlukaszdroptabl", customer.Text("username"), StringComparison.Ordinal);
    }

    // '{101}' is replaced by 101 letters.
    [GeneratedRegex(@"\{(?<length>\d+)\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex RepeatMarker();
}
