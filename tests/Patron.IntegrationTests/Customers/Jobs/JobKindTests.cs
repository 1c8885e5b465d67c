using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Customers.Jobs;

/// <summary>What each kind of job does, and what it refuses.</summary>
public sealed class JobKindTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Update_changes_nothing_before_the_confirmation_and_then_each_customer_with_the_cause()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 3);
        await (await app.PutCustomerAsync(staff, customers[1].Id(), new { territory = "North", city = "Oslo" })).ShouldBeAsync(HttpStatusCode.OK);

        var job = await app.PreviewAsync(staff, "update", tag, new { territory = "North", city = "Oslo", marketing_emails = false });
        Assert.Equal((3, 3, 0), (job.Figure("total"), job.Figure("would_change"), job.Figure("unchanged")));
        Assert.Equal("New York", (await app.ReadCustomerAsync(staff, customers[0].Id())).Text("city"));

        var applied = await app.ApplyAsync(staff, job);
        Assert.Equal((3, 0), (applied.Figure("changed"), applied.Figure("skipped")));
        foreach (var customer in customers)
        {
            var now = await app.ReadCustomerAsync(staff, customer.Id());
            Assert.Equal(("North", "Oslo", false), (now.Text("territory"), now.Text("city"), now.GetProperty("marketing_emails").GetBoolean()));
            var uid = customer.GetProperty("uid").GetGuid();
            Assert.Equal($"job:{job.JobId()}", await app.CustomersSqlAsync<string>("SELECT cause FROM shared.audit_entries WHERE subject_id = $1 ORDER BY id DESC LIMIT 1", uid));
            Assert.Equal(staff.Id, await app.CustomersSqlAsync<Guid>("SELECT actor_user_id FROM shared.audit_entries WHERE subject_id = $1 ORDER BY id DESC LIMIT 1", uid));
            Assert.False(await app.CustomersSqlAsync<bool>("SELECT value FROM customers.consents WHERE customer_uid = $1 AND kind = 'marketing_emails' ORDER BY id DESC LIMIT 1", uid));
        }

        var again = await app.PreviewAsync(staff, "update", tag, new { city = "Oslo" });
        Assert.Equal((0, 3), (again.Figure("would_change"), again.Figure("unchanged")));
        await app.ApplyAsync(staff, await app.PreviewAsync(staff, "update", tag, new { notes = (string?)null }));
        Assert.Null((await app.ReadCustomerAsync(staff, customers[2].Id())).Text("notes"));
    }

    [Theory]
    [InlineData("""{"email": "a@b.example"}""", "changes.email")]
    [InlineData("""{"first_name": "A", "last_name": "B", "name": "C", "preferred_name": "D", "company_name": "E"}""", "changes.first_name", "changes.last_name", "changes.name", "changes.preferred_name", "changes.company_name")]
    [InlineData("""{"reference": "1", "tax_id": "2"}""", "changes.reference", "changes.tax_id")]
    [InlineData("""{"tags": "a", "status": "inactive", "is_active": false}""", "changes.tags", "changes.status", "changes.is_active")]
    [InlineData("""{"marketing_emails": true, "marketing_sms": true}""", "changes.marketing_emails", "changes.marketing_sms")]
    [InlineData("""{"city": 1, "nonsense": "x", "customer_id": "CUST_A1B2C3D4"}""", "changes.city", "changes.nonsense", "changes.customer_id")]
    [InlineData("""{"date_of_birth": "1700-01-01"}""", "changes.date_of_birth")]
    [InlineData("{}", "changes")]
    [InlineData("""{"notes": "\u0000"}""", "changes")]
    [InlineData("[]", "changes")]
    public async Task Update_refuses_what_is_not_for_many(string changes, params string[] fields) =>
        await (await app.PostJobAsync(await app.SomeStaffAsync(), CustomerIntents.Raw($$"""{"kind": "update", "filter": {}, "changes": {{changes}}}"""))).ShouldRefuseAsync(fields);

    [Theory]
    [InlineData("""{"kind": "add_tags", "filter": {}, "changes": {"tags": " , "}}""", "changes.tags")]
    [InlineData("""{"kind": "add_tags", "filter": {}}""", "changes.tags")]
    [InlineData("""{"kind": "verify", "filter": {}, "changes": {"email": false}}""", "changes")]
    [InlineData("""{"kind": "erase", "filter": {}, "changes": {"notes": "x"}}""", "changes")]
    [InlineData("""{"kind": "restore"}""", "filter")]
    [InlineData("""{"kind": "restore", "filter": {}, "ids": ["CUST_00000000"]}""", "filter")]
    [InlineData("""{"kind": "restore", "ids": []}""", "ids")]
    [InlineData("""{"kind": "restore", "ids": [null]}""", "ids")]
    [InlineData("""{"kind": "restore", "filter": {"created_after": "2026-01-02T00:00:00Z", "created_before": "2026-01-01T00:00:00Z"}}""", "filter.created_after")]
    [InlineData("""{"kind": "explode", "filter": {}}""", "kind")]
    public async Task Unclear_job_is_refused_with_its_fields(string body, params string[] fields) =>
        await (await app.PostJobAsync(await app.AdminAsync(), CustomerIntents.Raw(body))).ShouldRefuseAsync(fields);

    [Fact]
    public async Task Owned_fields_are_listed_with_the_reason_and_others_are_changed()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 3);
        var owner = await app.RegisterAsync();
        await app.LinkAsync(customers[0], owner);
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET erp_source = 'odoo', erp_id = id::text WHERE customer_id = $1", customers[1].Id());

        var job = await app.PreviewAsync(staff, "update", tag, new { phone = "+49 30 123456" });

        Assert.Equal(["cannot owned_by_account", "cannot owned_by_erp", "would_change"], await app.RowsAsync(staff, job));
        Assert.Equal(["cannot owned_by_account", "cannot owned_by_erp"], await app.RowsAsync(staff, job, "?state=cannot"));
        Assert.Equal(1, (await app.ApplyAsync(staff, job)).Figure("changed"));
        Assert.Equal("+49 30 123456", (await app.ReadCustomerAsync(staff, customers[2].Id())).Text("phone"));
    }

    [Fact]
    public async Task Tags_are_added_and_removed_ignoring_case_and_too_many_are_listed()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 2);
        var full = string.Join(',', Enumerable.Range(0, 48).Select(number => $"filler{number:000}"));
        await (await app.PutCustomerAsync(staff, customers[0].Id(), new { tags = $"{tag},{full}" })).ShouldBeAsync(HttpStatusCode.OK);

        var adding = await app.PreviewAsync(staff, "add_tags", tag, new { tags = $"OLD,{new string('n', 60)}" });
        Assert.Equal(["cannot too_many_tags", "would_change"], await app.RowsAsync(staff, adding));
        await app.ApplyAsync(staff, adding);
        Assert.Equal($"{tag},old,{new string('n', 60)}", (await app.ReadCustomerAsync(staff, customers[1].Id())).Text("tags"));

        var removing = await app.PreviewAsync(staff, "remove_tags", tag, new { tags = $"Old,{tag.ToUpperInvariant()}" });
        await app.ApplyAsync(staff, removing);
        Assert.Equal(new string('n', 60), (await app.ReadCustomerAsync(staff, customers[1].Id())).Text("tags"));
        Assert.Equal(full, (await app.ReadCustomerAsync(staff, customers[0].Id())).Text("tags"));
    }

    [Fact]
    public async Task Verify_marks_what_is_there()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 3);
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET phone = NULL, phone_e164 = NULL WHERE customer_id = $1", customers[0].Id());
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET claim = 'released' WHERE customer_id = $1", customers[1].Id());

        var job = await app.PreviewAsync(staff, "verify", tag, new { email = true, phone = true });
        Assert.Equal(["would_change", "cannot address_released", "would_change"], await app.RowsAsync(staff, job));
        await app.ApplyAsync(staff, job);

        var (mail, both) = (await app.ReadCustomerAsync(staff, customers[0].Id()), await app.ReadCustomerAsync(staff, customers[2].Id()));
        Assert.True(mail.GetProperty("email_verified").GetBoolean() && !mail.GetProperty("phone_verified").GetBoolean());
        Assert.True(both.GetProperty("email_verified").GetBoolean() && both.GetProperty("phone_verified").GetBoolean());
        await app.UndoAsync(staff, job);
        Assert.False((await app.ReadCustomerAsync(staff, customers[2].Id())).GetProperty("is_verified").GetBoolean());
    }

    [Fact]
    public async Task Deactivate_and_restore_are_each_undone_by_the_other_or_by_undo()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 2);

        var job = await app.ApplyAsync(staff, await app.PreviewAsync(staff, "deactivate", tag));
        Assert.False((await app.ReadCustomerAsync(staff, customers[0].Id())).GetProperty("is_active").GetBoolean());
        Assert.Equal("customer.deleted", (await app.TraceAsync(customers[0]))[^1].Action);
        await app.UndoAsync(staff, job);
        Assert.True((await app.ReadCustomerAsync(staff, customers[0].Id())).GetProperty("is_active").GetBoolean());

        await app.ApplyAsync(staff, await app.PreviewAsync(staff, "deactivate", tag));
        var restored = await app.ApplyAsync(staff, await app.PreviewAsync(staff, "restore", tag));
        Assert.Equal(2, restored.Figure("changed"));
        Assert.True((await app.ReadCustomerAsync(staff, customers[1].Id())).GetProperty("is_active").GetBoolean());
    }

    [Fact]
    public async Task Invite_invites_those_who_wait_and_cannot_be_undone()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 2);
        await app.LinkAsync(customers[1], await app.RegisterAsync());

        var job = await app.PreviewAsync(staff, "invite", tag);
        Assert.Equal(["would_change", "cannot not_waiting"], await app.RowsAsync(staff, job));
        var applied = await app.ApplyAsync(staff, job);

        Assert.False(applied.GetProperty("can_undo").GetBoolean());
        Assert.Equal(1, await app.CustomersSqlAsync<long>("SELECT count(*) FROM accounts.activation_invitations WHERE customer_uid = $1", customers[0].GetProperty("uid").GetGuid()));
        await app.MailAsync(customers[0].Text("email")!);
        Assert.Equal(["unchanged already_invited", "cannot not_waiting"], await app.RowsAsync(staff, await app.PreviewAsync(staff, "invite", tag)));
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{JobIntents.Api}{job.JobId()}/undo", staff)).ShouldBeAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Erase_is_for_vendors_and_spares_whoever_changed_since_the_preview()
    {
        var (vendor, employee) = (await app.StaffAsync(OrganizationRole.Vendor), await app.SomeStaffAsync());
        var (tag, customers) = await app.TaggedCustomersAsync(employee, 3);
        await (await app.PostJobAsync(employee, new { kind = "erase", filter = new { tags = tag } })).ShouldBeAsync(HttpStatusCode.Forbidden);

        var job = await app.PreviewAsync(vendor, "erase", tag);
        await (await app.ConfirmAsync(employee, job)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.PutCustomerAsync(employee, customers[1].Id(), new { notes = "still needed" })).ShouldBeAsync(HttpStatusCode.OK);
        var applied = await app.ApplyAsync(vendor, job);

        Assert.Equal((2, 1, false), (applied.Figure("changed"), applied.Figure("skipped"), applied.GetProperty("can_undo").GetBoolean()));
        await (await app.GetCustomerAsync(vendor, customers[0].Id())).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal(["changed", "skipped changed_since", "changed"], await app.RowsAsync(vendor, job));
        Assert.All(await app.TraceAsync(customers[2]), entry => Assert.Equal((null, null), (entry.Before, entry.After)));
    }

    [Fact]
    public async Task Named_customers_are_taken_by_any_identifier_and_unknown_ones_reported()
    {
        var staff = await app.SomeStaffAsync();
        var (_, customers) = await app.TaggedCustomersAsync(staff, 3);
        string[] ids = [customers[0].Id().ToLowerInvariant(), customers[1].Text("uid")!, customers[2].Text("account_number")!, customers[0].Id(), "nobody"];

        var created = await (await app.PostJobAsync(staff, new { kind = "add_tags", ids, changes = new { tags = "named" } })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal("nobody", Assert.Single(created.GetProperty("not_found").EnumerateArray()).GetString());
        var job = await app.UntilJobIsAsync(staff, created.GetProperty("job").JobId(), "ready");
        Assert.Equal((3, JsonValueKind.Null), (job.Figure("would_change"), job.GetProperty("filter").ValueKind));
        await app.ApplyAsync(staff, job);
        Assert.Contains("named", (await app.ReadCustomerAsync(staff, customers[2].Id())).Text("tags"), StringComparison.Ordinal);
    }
}
