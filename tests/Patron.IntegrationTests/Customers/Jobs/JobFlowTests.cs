using System.Net;
using Npgsql;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Customers.Jobs;

/// <summary>What happens between preview, confirmation, application and undo.</summary>
public sealed class JobFlowTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Customers_that_changed_since_the_preview_are_skipped_with_the_reason()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 4);
        var job = await app.PreviewAsync(staff, "update", tag, new { city = "Oslo" });
        await (await app.PutCustomerAsync(staff, customers[0].Id(), new { city = "Rome" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PutCustomerAsync(staff, customers[1].Id(), new { tags = "other" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{customers[2].Id()}/hard", await app.AdminAsync())).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PutCustomerAsync(staff, customers[3].Id(), new { notes = "unrelated" })).ShouldBeAsync(HttpStatusCode.OK);

        var applied = await app.ApplyAsync(staff, job);

        Assert.Equal((1, 3), (applied.Figure("changed"), applied.Figure("skipped")));
        Assert.Equal(["skipped changed_since", "skipped no_longer_matches", "skipped erased", "changed"], await app.RowsAsync(staff, job));
        Assert.Equal("Rome", (await app.ReadCustomerAsync(staff, customers[0].Id())).Text("city"));
    }

    [Fact]
    public async Task Wrong_number_is_refused_with_both_numbers_and_the_right_one_counts_later()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, _) = await app.TaggedCustomersAsync(staff, 2);
        var job = await app.PreviewAsync(staff, "add_tags", tag, new { tags = "counted" });

        var refused = await (await app.ConfirmAsync(staff, job, 3)).ShouldBeAsync(HttpStatusCode.Conflict);
        Assert.Contains("2 customers, not 3", refused.Text("detail"), StringComparison.Ordinal);
        await app.ApplyAsync(staff, job);
    }

    [Fact]
    public async Task Preview_expires_after_an_hour_and_forgets_who_was_searched_for()
    {
        var staff = await app.SomeStaffAsync();
        var name = $"Expiring{Guid.NewGuid():N}"[..20];
        var body = CustomerIntents.JohnDoe();
        body["last_name"] = name;
        await app.CreateCustomerAsync(staff, body);
        var job = await app.PreviewAsync(staff, new { kind = "deactivate", filter = new { last_name = name, city = "New York" } });
        Assert.Equal(name, job.GetProperty("filter").Text("last_name"));
        await app.CustomersSqlAsync<object>("UPDATE customers.jobs SET expires_at = now() - interval '1 second' WHERE id = $1", job.JobId());

        await (await app.ConfirmAsync(staff, job)).ShouldBeAsync(HttpStatusCode.Conflict);

        var expired = await app.UntilJobIsAsync(staff, job.JobId(), "expired");
        Assert.Equal((null, "New York"), (expired.GetProperty("filter").Text("last_name"), expired.GetProperty("filter").Text("city")));
    }

    [Fact]
    public async Task Fifty_confirmations_at_once_apply_the_job_once_with_the_same_answer()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 5);
        var job = await app.PreviewAsync(staff, "add_tags", tag, new { tags = "once" });

        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.ConfirmAsync(staff, job));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        await app.UntilJobIsAsync(staff, job.JobId(), "applied");
        foreach (var customer in customers)
        {
            Assert.Equal(["customer.created", "customer.changed"], (await app.TraceAsync(customer)).Select(entry => entry.Action));
        }

        Assert.Equal(1, await app.CustomersSqlAsync<long>("SELECT count(*) FROM shared.audit_entries WHERE cause = $1 AND action = 'job.confirmed'", $"job:{job.JobId()}"));
    }

    [Fact]
    public async Task Job_cancelled_in_the_middle_changes_nobody_else_and_can_be_undone()
    {
        const int Count = 800;
        var staff = await app.SomeStaffAsync();
        var tag = await app.ManyCustomersAsync(Count);
        var job = await app.PreviewAsync(staff, "add_tags", tag, new { tags = "stopped" });
        await using (var blocked = await RowLock.TakeAsync(app, "SELECT FROM customers.customers WHERE $1 = ANY (tags) ORDER BY id OFFSET 250 LIMIT 1 FOR UPDATE", tag))
        {
            await (await app.ConfirmAsync(staff, job)).ShouldBeAsync(HttpStatusCode.Accepted);
            await app.WaitForBlockedSessionsAsync();
            var cancelling = app.CancelAsync(staff, job);
            await app.WaitForBlockedSessionsAsync(2);
            await blocked.DisposeAsync();
            await (await cancelling).ShouldBeAsync(HttpStatusCode.OK);
        }

        var cancelled = await app.UntilJobIsAsync(staff, job.JobId(), "cancelled");
        var changed = cancelled.Figure("changed");
        Assert.InRange(changed, 200, Count - 1);
        Assert.Equal(changed, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE 'stopped' = ANY (tags)"));
        Assert.Equal(changed, (await app.UndoAsync(staff, job)).Figure("undone"));
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE 'stopped' = ANY (tags)"));
    }

    [Fact]
    public async Task Undo_keeps_later_edits_and_takes_back_only_the_tags_of_the_job()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 3);
        var update = await app.ApplyAsync(staff, await app.PreviewAsync(staff, "update", tag, new { city = "Oslo", territory = "North", marketing_emails = false }));
        var tags = await app.ApplyAsync(staff, await app.PreviewAsync(staff, "add_tags", tag, new { tags = "new" }));
        await (await app.PutCustomerAsync(staff, customers[0].Id(), new { city = "Rome", tags = $"{tag},new,mine" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PutCustomerAsync(staff, customers[1].Id(), new { city = "Rome", territory = "South", marketing_emails = true, tags = tag })).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(2, (await app.UndoAsync(staff, update)).Figure("undone"));
        Assert.Equal(["partly_undone changed_since city", "kept changed_since city,territory,marketing_emails", "undone"], await app.RowsAsync(staff, update));
        await app.UndoAsync(staff, tags);
        Assert.Equal(["undone", "kept changed_since tags", "undone"], await app.RowsAsync(staff, tags));

        var (first, third) = (await app.ReadCustomerAsync(staff, customers[0].Id()), await app.ReadCustomerAsync(staff, customers[2].Id()));
        Assert.Equal(("Rome", "All Territories", $"{tag},mine", true), (first.Text("city"), first.Text("territory"), first.Text("tags"), first.GetProperty("marketing_emails").GetBoolean()));
        Assert.Equal(("New York", "All Territories", $"{tag},old"), (third.Text("city"), third.Text("territory"), third.Text("tags")));
        Assert.Equal(["customer.created", "customer.changed", "customer.changed", "customer.job_undone", "customer.job_undone"], (await app.TraceAsync(customers[2])).Select(entry => entry.Action));
    }

    [Fact]
    public async Task Undo_brings_nothing_back_of_an_erased_customer()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 2);
        var job = await app.ApplyAsync(staff, await app.PreviewAsync(staff, "update", tag, new { city = "Oslo" }));
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{customers[0].Id()}/hard", await app.AdminAsync())).ShouldBeAsync(HttpStatusCode.OK);

        var undone = await app.UndoAsync(staff, job);

        Assert.Equal((1, 1), (undone.Figure("undone"), undone.Figure("kept")));
        Assert.Equal(["kept erased", "undone"], await app.RowsAsync(staff, job));
        Assert.Equal("undone", (await app.UndoAsync(staff, job)).Text("state")); // Again changes nothing.
    }

    [Fact]
    public async Task Job_pauses_when_its_person_is_no_longer_staff_and_another_one_continues_it()
    {
        var (leaving, staff) = (await app.StaffAsync(), await app.SomeStaffAsync());
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 2);
        var job = await app.PreviewAsync(leaving, "add_tags", tag, new { tags = "paused" });
        await using (var blocked = await RowLock.TakeAsync(app, "SELECT FROM customers.jobs WHERE id = $1 FOR UPDATE", job.JobId()))
        {
            var confirming = app.ConfirmAsync(leaving, job);
            await app.WaitForBlockedSessionsAsync();
            await app.MakeMemberAsync(leaving.Email, OrganizationRole.Customer, app.Home());
            await blocked.DisposeAsync();
            await (await confirming).ShouldBeAsync(HttpStatusCode.Accepted);
        }

        var paused = await app.UntilJobIsAsync(staff, job.JobId(), "paused");
        Assert.Equal(("rights_lost", 0), (paused.Text("reason"), paused.Figure("changed")));
        await (await app.ConfirmAsync(leaving, job)).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Equal(2, (await app.ApplyAsync(staff, job)).Figure("changed"));
        Assert.Equal(staff.Id, await app.CustomersSqlAsync<Guid>("SELECT actor_user_id FROM shared.audit_entries WHERE subject_id = $1 ORDER BY id DESC LIMIT 1", customers[0].GetProperty("uid").GetGuid()));
    }

    [Fact]
    public async Task Keys_need_the_scope_for_jobs_and_the_one_for_what_the_job_does()
    {
        var body = new { kind = "add_tags", filter = new { tags = "nobody" }, changes = new { tags = "x" } };
        foreach (var scopes in new[] { new[] { Scopes.WriteCustomers }, [Scopes.BulkCustomers], [Scopes.BulkCustomers, Scopes.ReadCustomers] })
        {
            var refused = await (await app.PostJobAsync(null, body, ("X-Api-Key", await app.ApiKeyAsync(null, scopes)))).ShouldBeAsync(HttpStatusCode.Forbidden);
            Assert.Equal("scope_missing", refused.Text("code"));
        }

        var key = ("X-Api-Key", await app.ApiKeyAsync(null, Scopes.BulkCustomers, Scopes.WriteCustomers));
        await (await app.PostJobAsync(null, body, key)).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.PostJobAsync(null, new { kind = "erase", filter = new { tags = "nobody" } }, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.PostJobAsync(await app.RegisterAsync(), body)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.PostJobAsync(null, body)).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Jobs_of_another_organization_are_not_found_and_change_only_its_own_customers()
    {
        var (staff, other) = (await app.SomeStaffAsync(), await app.StaffOfNewOrganizationAsync());
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 1);
        var job = await app.PreviewAsync(staff, "deactivate", tag);
        foreach (var path in new[] { "", "/rows" })
        {
            await (await app.Customers.SendAsync(HttpMethod.Get, $"{JobIntents.Api}{job.JobId()}{path}", other)).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        foreach (var path in new[] { "confirm", "cancel", "undo" })
        {
            await (await app.Customers.SendAsync(HttpMethod.Post, $"{JobIntents.Api}{job.JobId()}/{path}", other, new { count = 1 })).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        Assert.Equal(0, (await app.PreviewAsync(other, new { kind = "deactivate", filter = new { } })).Figure("total"));
        var named = await (await app.PostJobAsync(other, new { kind = "deactivate", ids = new[] { customers[0].Id() } })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(1, named.GetProperty("not_found").GetArrayLength());
        Assert.Equal(2, (await (await app.Customers.SendAsync(HttpMethod.Get, JobIntents.Api, other)).ShouldBeAsync(HttpStatusCode.OK)).GetArrayLength());
    }

    [Fact]
    public async Task Lists_have_pages()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, _) = await app.TaggedCustomersAsync(staff, 3);
        var job = await app.PreviewAsync(staff, "deactivate", tag);
        foreach (var (path, count) in new[] { ($"{JobIntents.Api}{job.JobId()}/rows/?limit=2", 3), ($"{JobIntents.Api}{job.JobId()}/rows/?limit=2&state=cannot", 0) })
        {
            var (next, seen) = (path, new List<string>());
            while (next is not null)
            {
                using var page = await app.Customers.SendAsync(HttpMethod.Get, next, staff);
                seen.AddRange((await page.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(row => row.GetRawText()));
                next = page.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
            }

            Assert.Equal(count, seen.Distinct().Count());
        }

        var jobs = await (await app.Customers.SendAsync(HttpMethod.Get, $"{JobIntents.Api}?limit=1&state=ready&kind=deactivate", staff)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(job.JobId(), jobs[0].JobId());
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{JobIntents.Api}?limit=0", staff)).ShouldRefuseAsync("limit");
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{JobIntents.Api}?state=lost&kind=odd", staff)).ShouldRefuseAsync("state", "kind");
    }

    [Fact]
    public async Task Tables_of_jobs_hold_no_personal_data_after_the_end()
    {
        var staff = await app.SomeStaffAsync();
        var body = CustomerIntents.JohnDoe("unmistakable@tests.example");
        (body["last_name"], body["phone"], body["notes"], body["tags"]) = ("Unmistakable", "+15550177001", "unmistakable secret", "unmistakabletag");
        await app.CreateCustomerAsync(staff, body);
        var job = await app.PreviewAsync(staff, new
        {
            kind = "update", filter = new { query = "unmistakable", last_name = "Unmistakable", phone = "5550177001", email = "unmistakable@tests.example" },
            changes = new { notes = "Unmistakable secret two", emergency_contact_name = "Unmistakable Mother", date_of_birth = "1971-02-03", marketing_emails = false },
        });
        Assert.Equal(1, job.Figure("would_change"));

        var applied = await app.ApplyAsync(staff, job);

        Assert.Equal("""{"marketing_emails":false}""", applied.GetProperty("changes").GetRawText().Replace(" ", "", StringComparison.Ordinal));
        foreach (var table in new[] { "jobs", "job_rows", "imports" })
        {
            foreach (var word in new[] { "unmistakable", "5550177001", "1971-02-03" })
            {
                Assert.Equal(0, await app.CustomersSqlAsync<long>($"SELECT count(*) FROM customers.{table} t WHERE t::text ILIKE '%' || $1 || '%'", word));
            }
        }

        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.job_rows WHERE job_id = $1 AND fingerprint IS NOT NULL", job.JobId()));
        Assert.Equal("undone", (await app.UndoAsync(staff, job)).Text("state"));
    }

    private sealed class RowLock(NpgsqlConnection connection) : IAsyncDisposable
    {
        public static async Task<RowLock> TakeAsync(PatronApp app, string sql, object value)
        {
            var connection = new NpgsqlConnection(app.Customers.ConnectionString);
            await connection.OpenAsync();
            await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = value } } };
            await command.ExecuteNonQueryAsync();
            return new RowLock(connection);
        }

        // Rolls back.
        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
