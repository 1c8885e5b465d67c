using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Merges;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Timeline;

/// <summary>Comments of staff: who may write and change them, and what merges and erasures do to them.</summary>
public sealed class CommentTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Author_changes_and_removes_a_comment_and_the_audit_keeps_its_texts()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var added = await (await app.AddCommentAsync(staff, customer.Id(), " First\nline ")).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(("First\nline", staff.Id, null), (added.Text("text"), added.GetProperty("author_user_id").GetGuid(), added.Text("edited_at")));
        var id = added.Text("id")!;

        var changed = await (await app.SendCommentAsync(HttpMethod.Patch, staff, customer.Id(), id, new { text = "Second" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Second", changed.Text("text"));
        Assert.NotNull(changed.Text("edited_at"));
        await (await app.SendCommentAsync(HttpMethod.Delete, staff, customer.Id(), id)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.SendCommentAsync(HttpMethod.Delete, staff, customer.Id(), id)).ShouldBeAsync(HttpStatusCode.NotFound);

        Assert.Empty(await app.ReadCommentsAsync(staff, customer.Id()));
        var trace = (await app.TraceAsync(customer)).Skip(1).ToList();
        Assert.Equal(["customer.comment_added", "customer.comment_changed", "customer.comment_removed"], trace.Select(entry => entry.Action));
        Assert.Contains("First", trace[1].Before, StringComparison.Ordinal);
        Assert.Contains("Second", trace[2].Before, StringComparison.Ordinal);
        Assert.Equal("\"1\"", (await app.GetCustomerAsync(staff, customer.Id())).Headers.ETag?.Tag);
    }

    [Fact]
    public async Task Others_may_neither_read_nor_write_comments()
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.RegisterAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await (await app.AddCommentAsync(person, customer.Id(), "Mine")).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.AddCommentAsync(null, customer.Id(), "Mine")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.AddCommentAsync(await app.StaffOfNewOrganizationAsync(), customer.Id(), "Mine")).ShouldBeAsync(HttpStatusCode.NotFound);
        var key = await app.ApiKeyAsync(null, Scopes.ReadCustomers);
        await (await app.AddCommentAsync(null, customer.Id(), "Mine", ("X-API-Key", key))).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{CustomerIntents.Api}{customer.Id()}/comments/", person)).ShouldBeAsync(HttpStatusCode.Forbidden);

        var id = (await (await app.AddCommentAsync(staff, customer.Id(), "Ours")).ShouldBeAsync(HttpStatusCode.Created)).Text("id")!;
        var colleague = await app.StaffAsync(OrganizationRole.Vendor);
        await (await app.SendCommentAsync(HttpMethod.Patch, colleague, customer.Id(), id, new { text = "Other" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.SendCommentAsync(HttpMethod.Delete, colleague, customer.Id(), id)).ShouldBeAsync(HttpStatusCode.Forbidden);
        var admin = await app.AdminAsync();
        await (await app.SendCommentAsync(HttpMethod.Patch, admin, customer.Id(), id, new { text = "Other" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.SendCommentAsync(HttpMethod.Delete, admin, customer.Id(), id)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" \n")]
    [InlineData("bell \u0007")]
    public async Task Text_that_is_no_comment_is_refused(string? text)
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await (await app.AddCommentAsync(staff, customer.Id(), text)).ShouldRefuseAsync("text");
        await (await app.AddCommentAsync(staff, customer.Id(), new string('x', 4001))).ShouldRefuseAsync("text");
        await (await app.AddCommentAsync(staff, customer.Id(), new string('x', 4000))).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Merge_moves_comments_and_its_undo_returns_them()
    {
        var staff = await app.SomeStaffAsync();
        var (kept, other) = ((await app.CreateCustomerAsync(staff)).Id(), (await app.CreateCustomerAsync(staff)).Id());
        await app.AddCommentAsync(staff, kept, "Of the survivor");
        await app.AddCommentAsync(staff, other, "Of the other");
        var merge = await app.MergeAsync(staff, kept, other);
        await app.AddCommentAsync(staff, other, "By the old number");
        Assert.Equal(["By the old number", "Of the other", "Of the survivor"], await app.ReadCommentsAsync(staff, kept));
        await app.UndoAsync(staff, merge);
        Assert.Equal(["Of the survivor"], await app.ReadCommentsAsync(staff, kept));
        Assert.Equal(["By the old number", "Of the other"], await app.ReadCommentsAsync(staff, other));
    }

    [Fact]
    public async Task Erased_customer_leaves_no_comment_and_no_mail()
    {
        var admin = await app.AdminAsync();
        var customer = await app.CreateCustomerAsync(admin);
        var uid = customer.GetProperty("uid").GetGuid();
        await app.AddCommentAsync(admin, customer.Id(), "A secret of theirs");
        await app.CustomersSqlAsync<object>("INSERT INTO shared.mail_log (uid, kind, customer_uid, state, queued_at, state_at, attempts) VALUES (gen_random_uuid(), 'setup_link', $1, 'sent', now(), now(), 1)", uid);
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{customer.Id()}/hard", admin)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT (SELECT count(*) FROM customers.comments WHERE customer_uid = $1) + (SELECT count(*) FROM shared.mail_log WHERE customer_uid = $1)", uid));
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM shared.audit_entries WHERE subject_id = $1 AND (before IS NOT NULL OR after IS NOT NULL)", uid));
        await (await app.TryTimelineAsync(admin, customer.Id())).ShouldBeAsync(HttpStatusCode.NotFound);
    }
}
