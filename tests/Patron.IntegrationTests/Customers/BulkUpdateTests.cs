using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>One change on many customers: all of them or none.</summary>
public sealed class BulkUpdateTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Found_customers_are_changed_and_missing_ones_reported()
    {
        var staff = await app.SomeStaffAsync();
        var created = await CreateManyAsync(staff, 3);
        string[] names = [created[0].Id().ToLowerInvariant(), created[1].Text("uid")!, created[2].Text("account_number")!];
        var answer = await BulkAsync(
            staff, [.. names, created[0].Id(), "CUST_00000000", "nobody", "CUST_00000000", "\u0007"], new { marketing_emails = false, notes = "Bulk updated customer", tags = "bulk-updated" });
        Assert.Equal("""{"updated":3,"not_found":["CUST_00000000","nobody","\u0007"]}""", answer.GetRawText());
        foreach (var customer in created)
        {
            var now = await app.ReadCustomerAsync(staff, customer.Id());
            Assert.Equal(("Bulk updated customer", "bulk-updated", false), (now.Text("notes"), now.Text("tags"), now.GetProperty("marketing_emails").GetBoolean()));
            Assert.Equal("customer.changed", (await app.TraceAsync(customer))[^1].Action);
        }
    }

    [Fact]
    public async Task Fields_that_only_staff_see_can_be_cleared()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);

        await BulkAsync(staff, [customer.Id()], new { notes = (string?)null, tags = "" });

        var cleared = await app.ReadCustomerAsync(staff, customer.Id());
        Assert.Equal((null, null), (cleared.Text("notes"), cleared.Text("tags")));
    }

    [Fact]
    public async Task One_broken_rule_rolls_back_all_and_names_the_customer()
    {
        var staff = await app.SomeStaffAsync();
        var created = await CreateManyAsync(staff, 3);
        var owner = await app.RegisterAsync();
        await app.LinkAsync(created[1], owner);
        var refused = await (await PostAsync(staff, [.. created.Select(CustomerIntents.Id)], new { first_name = "Johnny" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.StartsWith(created[1].Id(), refused.Text("detail"), StringComparison.Ordinal);
        await (await PostAsync(staff, [created[0].Id(), created[2].Id()], new { email = NewAddress() })).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await PostAsync(staff, [created[0].Id(), created[2].Id()], new { phone = "none" })).ShouldRefuseAsync("phone");
        await (await PostAsync(staff, [created[0].Id()], new { last_name = "" })).ShouldRefuseAsync("last_name");
        foreach (var customer in created)
        {
            Assert.Equal(customer.Text("updated_at"), (await app.ReadCustomerAsync(staff, customer.Id())).Text("updated_at"));
            Assert.Equal("customer.created", Assert.Single(await app.TraceAsync(customer)).Action);
        }
    }

    [Fact]
    public async Task Merged_identifier_changes_the_survivor()
    {
        var staff = await app.SomeStaffAsync();
        var (person, absorbed) = await app.SignUpAsync();
        var survivor = await app.CreateCustomerAsync(staff, JohnDoe(person.Email));
        await app.ProveAsync(person);

        string[] names = [absorbed.CustomerId, absorbed.AccountNumber, absorbed.Uid.ToString(), survivor.Id(), "CUST_00000000"];
        var answer = await BulkAsync(staff, names, new { notes = "by its old name" });

        Assert.Equal("""{"updated":1,"not_found":["CUST_00000000"]}""", answer.GetRawText());
        Assert.Equal("by its old name", (await app.ReadCustomerAsync(staff, survivor.Id())).Text("notes"));
        await BulkAsync(staff, [absorbed.CustomerId], new { notes = "by its old name alone" });
        Assert.Equal("by its old name alone", (await app.ReadCustomerAsync(staff, survivor.Id())).Text("notes"));
    }

    [Fact]
    public async Task Customers_of_other_organizations_are_not_found()
    {
        var theirs = await app.CreateCustomerAsync(await app.StaffOfNewOrganizationAsync());
        var answer = await BulkAsync(await app.SomeStaffAsync(), [theirs.Id()], new { notes = "mine" });
        Assert.Equal((0, theirs.Id()), (answer.GetProperty("updated").GetInt32(), answer.GetProperty("not_found")[0].GetString()));
    }

    [Fact]
    public async Task Customers_and_anonymous_callers_are_refused()
    {
        await (await PostAsync(await app.RegisterAsync(), ["CUST_00000000"], new { notes = "x" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await PostAsync(null, ["CUST_00000000"], new { notes = "x" })).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("{}", "customer_ids", "updates")]
    [InlineData("""{"customer_ids": [], "updates": {}}""", "customer_ids")]
    [InlineData("""{"customer_ids": [null], "updates": {}}""", "customer_ids")]
    [InlineData("""{"customer_ids": "CUST_A1B2C3D4", "updates": {}}""", "customer_ids")]
    [InlineData("""{"customer_ids": [1], "updates": {}}""", "customer_ids[0]")]
    [InlineData("""{"customer_ids": ["CUST_A1B2C3D4"], "updates": []}""", "updates")]
    [InlineData("""{"customer_ids": ["CUST_A1B2C3D4"], "updates": {"status": "gone"}}""", "updates.status")]
    public async Task Invalid_bulk_update_is_refused_with_its_fields(string body, params string[] fields) =>
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "bulk-update", await app.SomeStaffAsync(), Raw(body))).ShouldRefuseAsync(fields);

    [Fact]
    public async Task At_most_a_thousand_customers_are_accepted()
    {
        var names = Enumerable.Range(0, 1001).Select(number => $"CUST_{number:X8}").ToArray();
        Assert.Equal(1000, (await BulkAsync(await app.SomeStaffAsync(), names[1..], new { notes = "x" })).GetProperty("not_found").GetArrayLength());
        await (await PostAsync(await app.SomeStaffAsync(), names, new { notes = "x" })).ShouldRefuseAsync("customer_ids");
    }

    [Fact]
    public async Task Concurrent_bulk_updates_deletes_and_updates_end_consistent()
    {
        var staff = await app.SomeStaffAsync();
        var vendor = await app.StaffAsync(Patron.Shared.Callers.OrganizationRole.Vendor);
        var ids = (await CreateManyAsync(staff, 10)).Select(CustomerIntents.Id).ToArray();
        var backwards = ids.Reverse().ToArray();
        // In both orders: without a common lock order these would deadlock.
        var bulks = Enumerable.Range(0, 8).Select(turn => PostAsync(staff, turn % 2 == 0 ? ids : backwards, new { notes = $"turn {turn}", city = $"City {turn}" }));
        var singles = ids.Select(id => app.PutCustomerAsync(staff, id, new { company_name = "Changed alone" }));
        var erasures = ids[..3].Select(id => app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{id}/hard", vendor));
        var answers = await Task.WhenAll([.. bulks, .. singles, .. erasures]);
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.NotFound }));
        Assert.All(answers[^3..], answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));

        var left = await Task.WhenAll(ids[3..].Select(id => app.ReadCustomerAsync(staff, id)));
        // One bulk update was the last for all customers.
        Assert.Single(left.Select(customer => (customer.Text("notes"), customer.Text("city"))).Distinct());
        Assert.All(left, customer => Assert.Equal("Changed alone", customer.Text("company_name")));
        Assert.All(ids[..3], id => Assert.Equal(HttpStatusCode.NotFound, app.GetCustomerAsync(staff, id).Result.StatusCode));
    }

    private static string NewAddress() => Intents.NewEmail("bulk");

    private Task<HttpResponseMessage> PostAsync(Person? who, string[] ids, object updates) =>
        app.Customers.SendAsync(HttpMethod.Post, Api + "bulk-update", who, new { customer_ids = ids, updates });

    private async Task<JsonElement> BulkAsync(Person who, string[] ids, object updates) => await (await PostAsync(who, ids, updates)).ShouldBeAsync(HttpStatusCode.OK);

    private async Task<JsonElement[]> CreateManyAsync(Person staff, int count)
    {
        var created = new List<JsonElement>();
        for (var number = 0; number < count; number++)
        {
            created.Add(await app.CreateCustomerAsync(staff));
        }

        return [.. created];
    }
}
