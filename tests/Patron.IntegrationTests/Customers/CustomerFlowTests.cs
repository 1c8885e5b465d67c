using System.Net;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>The life cycle of a customer, as in source 5.</summary>
public abstract class CustomerFlowTests(PatronApp app)
{
    [Fact]
    public async Task Created_customer_is_returned_with_generated_values()
    {
        var staff = await app.SomeStaffAsync();
        var requests = JohnDoe();
        var response = await app.PostCustomerAsync(staff, requests);
        var customer = await response.ShouldBeAsync(HttpStatusCode.Created);

        Assert.All(requests, field => Assert.Equal(field.Value?.ToString(), customer.GetProperty(field.Key).ToString()));
        Assert.Matches("^CUST_[0-9A-F]{8}$", customer.Id());
        Assert.Matches("^johndoe[0-9]*$", customer.Text("username"));
        Assert.Matches("^CUST-[0-9]{5}$", customer.Text("code"));
        Assert.Equal(("John Doe", "123 Main Street, New York, NY, 10001, USA"), (customer.Text("full_name"), customer.Text("full_address")));
        Assert.Equal(("US", "+15550123", "active"), (customer.Text("country_code"), customer.Text("phone_e164"), customer.Text("status")));
        Assert.True(customer.GetProperty("is_active").GetBoolean());
        Assert.EndsWith("Z", customer.Text("created_at"), StringComparison.Ordinal);
        Assert.Equal(("\"1\"", $"{Api}{customer.Id()}/"), (response.Headers.ETag?.Tag, response.Headers.Location?.ToString()));
        Assert.Equal(customer.ToString(), (await app.ReadCustomerAsync(staff, customer.Id())).ToString());
    }

    [Fact]
    public async Task Customer_is_found_by_every_identifier()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        string[] paths =
        [
            customer.Id(), customer.Id() + "/", customer.Id().ToLowerInvariant(), customer.Text("account_number")!, customer.Text("uid")!,
            "username/" + customer.Text("username"), "username/" + customer.Text("username")!.ToUpperInvariant(),
            "email/" + customer.Text("email"), "email/" + customer.Text("email")!.ToUpperInvariant() + "/",
        ];
        foreach (var path in paths)
        {
            Assert.Equal(customer.Id(), (await app.ReadCustomerAsync(staff, path)).Id());
        }
    }

    [Theory]
    [InlineData("CUST_00000000")]
    [InlineData("cust")]
    [InlineData("CUST-00001")]
    [InlineData("0198c0de-0000-7000-8000-00000000dead")]
    [InlineData("username/nobody")]
    [InlineData("username/%E2%80%8Bx%FF")]
    [InlineData("email/nobody@tests.example")]
    [InlineData("email/nobody")]
    public async Task Unknown_id_is_404(string path) =>
        await (await app.GetCustomerAsync(await app.SomeStaffAsync(), path)).ShouldBeAsync(HttpStatusCode.NotFound);

    [Fact]
    public async Task Update_changes_only_the_given_fields()
    {
        var staff = await app.SomeStaffAsync();
        var before = await app.CreateCustomerAsync(staff);
        var after = await (await app.PutCustomerAsync(staff, before.Id(), new { city = "Boston", tags = (string?)null, nickname = "unknown" })).ShouldBeAsync(HttpStatusCode.OK);
        var changed = before.EnumerateObject().Where(field => after.GetProperty(field.Name).ToString() != field.Value.ToString()).Select(field => field.Name);
        Assert.Equal(["city", "full_address", "tags", "updated_at"], changed.Order());
        Assert.Equal(("Boston", null), (after.Text("city"), after.Text("tags")));
        Assert.Equal(after.ToString(), (await app.ReadCustomerAsync(staff, before.Id())).ToString());
    }

    [Fact]
    public async Task New_name_changes_the_full_name_and_keeps_the_user_name()
    {
        var staff = await app.SomeStaffAsync();
        var before = await app.CreateCustomerAsync(staff);
        var after = await (await app.PutCustomerAsync(staff, before.Id(), new { first_name = " Jane " })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Jane", "Jane Doe", "Jane Doe", before.Text("username")), (after.Text("first_name"), after.Text("name"), after.Text("full_name"), after.Text("username")));
    }

    [Fact]
    public async Task Deleted_customer_is_inactive_and_can_be_restored()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        var deleted = await (await app.Customers.SendAsync(HttpMethod.Delete, Api + id, staff)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((false, "inactive"), (deleted.GetProperty("is_active").GetBoolean(), deleted.Text("status")));
        Assert.Contains(id, deleted.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("inactive", (await app.ReadCustomerAsync(staff, id)).Text("status"));

        var restored = await (await app.Customers.SendAsync(HttpMethod.Post, $"{Api}{id}/restore/", staff)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("active", null), (restored.Text("status"), restored.Text("deleted_at")));
    }

    [Fact]
    public async Task Update_to_inactive_deletes_and_to_active_restores()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        async Task<string?> StatusAfterAsync(object change) => (await (await app.PutCustomerAsync(staff, id, change)).ShouldBeAsync(HttpStatusCode.OK)).Text("status");
        Assert.Equal("inactive", await StatusAfterAsync(new { is_active = false }));
        Assert.Equal("active", await StatusAfterAsync(new { status = "active" }));
        Assert.Equal("inactive", await StatusAfterAsync(new { status = "inactive" }));
        Assert.Equal("active", await StatusAfterAsync(new { is_active = true }));
        Assert.Equal("prospect", await StatusAfterAsync(new { status = "prospect" }));
        Assert.Equal("blocked", await StatusAfterAsync(new { status = "blocked" }));
        Assert.Equal("blocked", await StatusAfterAsync(new { is_active = false }));
        Assert.Equal("prospect", await StatusAfterAsync(new { is_active = true }));
    }

    [Fact]
    public async Task Preferences_are_stored_as_an_object()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        var wanted = new { preferred_contact_method = "sms", notification_preferences = new { news = new object[] { 1, true, "é" } } };
        var after = await (await app.PutCustomerAsync(staff, id, wanted)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("é", after.GetProperty("notification_preferences").GetProperty("news")[2].GetString());
        Assert.Equal("sms", after.Text("preferred_contact_method"));
        var same = await (await app.PutCustomerAsync(staff, id, wanted)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(after.Text("updated_at"), same.Text("updated_at"));
    }
}

public sealed class CustomerFlowInOneProcessTests(OneProcess app) : CustomerFlowTests(app), IClassFixture<OneProcess>;

public sealed class CustomerFlowInTwoServicesTests(TwoServices app) : CustomerFlowTests(app), IClassFixture<TwoServices>;
