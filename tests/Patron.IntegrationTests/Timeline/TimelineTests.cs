using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.Merges;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Timeline;

/// <summary>The timeline of a customer: what is in it, who sees what, and its pages.</summary>
public sealed class TimelineTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Entries_say_who_changed_what_and_can_be_filtered()
    {
        var staff = await app.SomeStaffAsync();
        var customer = (await app.CreateCustomerAsync(staff)).Id();
        await (await app.PutCustomerAsync(staff, customer, new { city = "Harare", marketing_sms = true })).ShouldBeAsync(HttpStatusCode.OK);
        var comment = (await (await app.AddCommentAsync(staff, customer, "Call later")).ShouldBeAsync(HttpStatusCode.Created)).Text("id");

        var all = await app.TimelineAsync(staff, customer);
        Assert.Equal("comment.added", all[0].Text("action"));
        Assert.Equal((comment, "Call later"), (all[0].Text("comment"), all[0].Text("text")));
        Assert.Equal(["consent.given", "customer.changed"], all.Actions().Skip(1).Take(2).Order());
        var change = all.Single(entry => entry.Text("action") == "customer.changed");
        Assert.Equal(("person", staff.Id, "Jane Doe"), (change.GetProperty("actor").Text("kind"), change.GetProperty("actor").GetProperty("id").GetGuid(), change.GetProperty("actor").Text("name")));
        var city = change.GetProperty("changes").EnumerateArray().Single(one => one.Text("field") == "city");
        Assert.Equal(("New York", "Harare"), (city.Text("before"), city.Text("after")));
        Assert.NotNull(change.Text("address"));

        Assert.Equal(["comment.added"], (await app.TimelineAsync(staff, customer, "?kinds=comment")).Actions());
        Assert.Equal(["customer.changed", "customer.created"], (await app.TimelineAsync(staff, customer, "?kinds=record,merge")).Actions());
        await (await app.TryTimelineAsync(staff, customer, "?kinds=gossip")).ShouldRefuseAsync("kinds");
        await (await app.TryTimelineAsync(staff, customer, "?cursor=1_2&limit=0")).ShouldRefuseAsync("cursor", "limit");
    }

    [Fact]
    public async Task Pages_neither_repeat_nor_miss_an_entry_while_others_arrive()
    {
        var staff = await app.SomeStaffAsync();
        var customer = (await app.CreateCustomerAsync(staff)).Id();
        for (var number = 0; number < 7; number++)
        {
            await (await app.AddCommentAsync(staff, customer, $"{number}")).ShouldBeAsync(HttpStatusCode.Created);
            await app.PutCustomerAsync(staff, customer, new { city = $"City {number}" });
        }

        var whole = (await app.TimelineAsync(staff, customer)).Select(entry => entry.ToString()).ToList();
        var read = new List<string>();
        for (var path = $"{CustomerIntents.Api}{customer}/timeline?limit=4"; path is not null;)
        {
            var response = await app.Customers.SendAsync(HttpMethod.Get, path, staff);
            read.AddRange((await response.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(entry => entry.ToString()));
            path = response.NextPage();
            await app.AddCommentAsync(staff, customer, "Just now");
        }

        Assert.Equal(whole, read);
    }

    [Fact]
    public async Task Merged_record_brings_its_history_and_takes_it_back()
    {
        var staff = await app.SomeStaffAsync();
        var (kept, other) = ((await app.CreateCustomerAsync(staff)).Id(), (await app.CreateCustomerAsync(staff)).Id());
        await app.PutCustomerAsync(staff, other, new { city = "Bern" });
        var merge = await app.MergeAsync(staff, kept, other);

        var merged = await app.TimelineAsync(staff, kept);
        Assert.Equal(2, merged.Count(entry => entry.Text("action") == "customer.created"));
        Assert.Contains(merged, entry => entry.Text("cause") == $"merge:{merge}");
        Assert.Contains("Bern", string.Concat(merged), StringComparison.Ordinal);

        await app.UndoAsync(staff, merge);
        Assert.Single(await app.TimelineAsync(staff, kept, "?kinds=record"), entry => entry.Text("action") == "customer.created");
        Assert.Contains("customer.changed", (await app.TimelineAsync(staff, other)).Actions());
    }

    [Fact]
    public async Task Sign_ins_and_account_mails_are_for_staff_of_home_only()
    {
        var staff = await app.SomeStaffAsync();
        var (person, own) = await app.SignUpAsync();
        await app.SignInAsync(person.Email);
        var home = await app.TimelineAsync(staff, own.CustomerId);
        Assert.Contains("session.started", home.Actions());
        Assert.Contains("mail.verification", home.Actions());
        var signIn = home.First(entry => entry.Text("action") == "session.started");
        Assert.Equal(("customer", person.Id), (signIn.GetProperty("actor").Text("kind"), signIn.GetProperty("actor").GetProperty("id").GetGuid()));

        var vendor = await app.StaffOfNewOrganizationAsync();
        var customer = await app.CreateCustomerAsync(vendor);
        await app.LinkAsync(customer, person);
        await app.SignInAsync(person.Email);
        await (await app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", person, new { phone_number = "+4930123456" })).ShouldBeAsync(HttpStatusCode.OK);
        var others = await app.TimelineAsync(vendor, customer.Id());
        Assert.Contains("account.changed", others.Actions());
        Assert.DoesNotContain(others, entry => entry.Text("kind") is "sign_in" or "mail" || entry.Text("address") is not null || entry.Text("device") is not null);
    }

    [Theory]
    [InlineData("anonymous", HttpStatusCode.Unauthorized)]
    [InlineData("customer", HttpStatusCode.Forbidden)]
    [InlineData("other organization", HttpStatusCode.NotFound)]
    [InlineData("employee", HttpStatusCode.OK)]
    [InlineData("vendor", HttpStatusCode.OK)]
    [InlineData("administrator", HttpStatusCode.OK)]
    public async Task Timeline_is_for_staff_of_the_organization(string who, HttpStatusCode status)
    {
        var customer = (await app.CreateCustomerAsync(await app.SomeStaffAsync())).Id();
        var person = who switch
        {
            "customer" => await app.RegisterAsync(),
            "other organization" => await app.StaffOfNewOrganizationAsync(),
            "employee" => await app.SomeStaffAsync(),
            "vendor" => await app.StaffAsync(OrganizationRole.Vendor),
            "administrator" => await app.AdminAsync(),
            _ => null,
        };
        await (await app.TryTimelineAsync(person, customer)).ShouldBeAsync(status);
        await (await app.Customers.SendAsync(HttpMethod.Get, "/api/v1/audit/?limit=1", person)).ShouldBeAsync(status == HttpStatusCode.NotFound ? HttpStatusCode.OK : status);
    }

    [Theory]
    [InlineData(Scopes.ReadCustomers, HttpStatusCode.OK)]
    [InlineData(Scopes.WriteCustomers, HttpStatusCode.Forbidden)]
    public async Task Key_needs_the_scope_to_read(string scope, HttpStatusCode status)
    {
        var customer = (await app.CreateCustomerAsync(await app.SomeStaffAsync())).Id();
        var key = await app.ApiKeyAsync(null, scope);
        await (await app.TryTimelineAsync(null, customer, "", ("X-API-Key", key))).ShouldBeAsync(status);
    }
}
