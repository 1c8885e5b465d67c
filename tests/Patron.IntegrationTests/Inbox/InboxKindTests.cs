using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Organizations;
using Patron.IntegrationTests.Activation;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Customers.Duplicates;
using Patron.IntegrationTests.Customers.Jobs;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Merges;
using Patron.Linking.Activation;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Inbox;

/// <summary>What makes an item of each kind appear, and every way that ends it. Conflicts of a sync are in <see cref="InboxSyncTests"/>.</summary>
public sealed class InboxKindTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Duplicates_are_one_item_until_they_are_dismissed_merged_or_erased()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var (one, other) = await app.CreateTwinsAsync(staff);
        var pair = await app.FindPairAsync(staff, one);

        var item = Assert.Single(await app.ItemsAsync(staff, "duplicate"));
        var opened = await app.OpenItemAsync(staff, item);
        Assert.Equal(pair.GetProperty("id").GetInt64(), Assert.Single(opened.GetProperty("duplicates").EnumerateArray()).GetProperty("id").GetInt64());
        Assert.NotEqual(0, opened.GetProperty("duplicates")[0].GetProperty("reasons").GetArrayLength());

        await (await app.AnswerPairAsync(staff, pair, "dismiss")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await app.ItemsAsync(staff, "duplicate"));
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{InboxIntents.Api}{item.ItemId()}", staff)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.AnswerPairAsync(staff, pair, "reopen")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Single(await app.ItemsAsync(staff, "duplicate"));

        await app.MergeAsync(staff, one.Id(), other.Id());
        Assert.Empty(await app.ItemsAsync(staff, "duplicate"));

        var vendor = await app.StaffOfNewOrganizationAsync();
        var (third, _) = await app.CreateTwinsAsync(vendor);
        await app.FindPairAsync(vendor, third);
        Assert.Single(await app.ItemsAsync(vendor, "duplicate"));
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{third.Id()}/hard", vendor)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await app.ItemsAsync(vendor, "duplicate"));
    }

    [Fact]
    public async Task Clusters_of_a_scan_are_one_item_each_that_survives_a_new_numbering()
    {
        var organization = Guid.CreateVersion7();
        await InsertAsync(organization, "('10000000-0000-7000-8000-00000000000a', '10000000-0000-7000-8000-00000000000b', 0.9, 1)",
            "('10000000-0000-7000-8000-00000000000a', '10000000-0000-7000-8000-00000000000c', 0.8, 1)",
            "('10000000-0000-7000-8000-00000000000b', '10000000-0000-7000-8000-00000000000c', 0.7, 1)",
            "('10000000-0000-7000-8000-00000000000d', '10000000-0000-7000-8000-00000000000e', 0.9, 2)",
            "('10000000-0000-7000-8000-00000000000f', '10000000-0000-7000-8000-000000000010', 0.3, NULL)");
        var items = await ItemIdsAsync(organization);
        Assert.Equal(2, items.Split(',').Length);

        await app.CustomersSqlAsync<object>("UPDATE customers.duplicate_pairs SET cluster = 3 - cluster WHERE organization_id = $1", organization);
        Assert.Equal(items, await ItemIdsAsync(organization));

        // The lowest customer leaves; the others are still one.
        await app.CustomersSqlAsync<object>("DELETE FROM customers.duplicate_pairs WHERE organization_id = $1 AND uid_a = '10000000-0000-7000-8000-00000000000a'", organization);
        Assert.Equal(2, (await ItemIdsAsync(organization)).Split(',').Length);
        await app.CustomersSqlAsync<object>("DELETE FROM customers.duplicate_pairs WHERE organization_id = $1", organization);
        Assert.Equal("", await ItemIdsAsync(organization));
    }

    [Fact]
    public async Task Job_with_rejected_rows_is_an_item_until_it_is_undone_or_dismissed()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var applied = await ApplyWithOneSkippedAsync(staff);
        var item = Assert.Single(await app.ItemsAsync(staff, "job_rejected"));
        Assert.Equal(1, item.GetProperty("data").GetProperty("rejected").GetInt32());
        Assert.Equal(applied.JobId(), (await app.OpenItemAsync(staff, item)).GetProperty("job").JobId());

        await app.UndoAsync(staff, applied);
        Assert.Empty(await app.ItemsAsync(staff, "job_rejected"));

        await ApplyWithOneSkippedAsync(staff);
        item = Assert.Single(await app.ItemsAsync(staff, "job_rejected"));
        await (await app.AnswerItemAsync(staff, item, "dismiss")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await app.ItemsAsync(staff, "job_rejected"));
        await (await app.AnswerItemAsync(staff, item, "dismiss")).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Import_with_rejected_rows_is_an_item()
    {
        var staff = await app.SomeStaffAsync();
        var import = await app.CustomersSqlAsync<long>(
            "INSERT INTO customers.imports (organization_id, file_name, started_at) VALUES ($1, 'people.csv', now()) RETURNING id", app.Home());
        await app.CustomersSqlAsync<object>("UPDATE customers.imports SET finished_at = now(), imported = 7, rejected = 2 WHERE id = $1", import);

        var opened = await app.OpenItemAsync(staff, Assert.Single(await app.ItemsAsync(staff, "job_rejected")));
        Assert.Equal(("people.csv", 2), (opened.GetProperty("import").Text("file_name"), opened.GetProperty("import").GetProperty("rejected_rows").GetInt32()));
    }

    [Fact]
    public async Task Offer_is_an_item_three_days_before_it_expires_until_it_is_extended_withdrawn_answered_or_expired()
    {
        var person = await app.RegisterAsync();
        var (vendor, offered) = await app.OfferedAsync(person);
        await app.RefreshExpiringAsync();
        Assert.Empty(await app.ItemsAsync(vendor, "offer_expiring"));

        var item = await ExpireAsync(vendor);
        var offer = (await app.OpenItemAsync(vendor, item)).GetProperty("offer");
        Assert.Equal((person.Id, offered.Text("uid")), (offer.GetProperty("user_id").GetGuid(), await UidAsync(offer.GetProperty("customer").Id())));
        var path = $"/api/v1/offers/{offer.GetProperty("id").GetInt64()}";
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{path}/extend", await app.StaffOfNewOrganizationAsync())).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{path}/extend", vendor)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await app.ItemsAsync(vendor, "offer_expiring"));

        await ExpireAsync(vendor);
        await app.CustomersSqlAsync<object>("UPDATE shared.inbox_items SET due_at = now() WHERE kind = 'offer_expiring'");
        Assert.Empty(await app.ItemsAsync(vendor, "offer_expiring"));
        await app.RefreshExpiringAsync();

        await ExpireAsync(vendor);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{path}/withdraw", vendor)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await app.ItemsAsync(vendor, "offer_expiring"));
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{path}/withdraw", vendor)).ShouldBeAsync(HttpStatusCode.NotFound);

        var second = await app.RegisterAsync();
        var again = await app.OfferAsync(vendor, second);
        await ExpireAsync(vendor);
        await (await app.AnswerOfferAsync(second, again, "decline")).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Empty(await app.ItemsAsync(vendor, "offer_expiring"));
    }

    [Fact]
    public async Task Offer_to_an_address_is_no_item_because_nobody_may_learn_of_the_account()
    {
        var person = await app.RegisterAsync();
        var (vendor, _) = await app.OfferedAsync(person);
        await app.CustomersSqlAsync<object>("UPDATE customers.offers SET named_by = 'address', expires_at = now() + interval '1 day' WHERE user_id = $1", person.Id);
        await app.RefreshExpiringAsync();
        Assert.Empty(await app.ItemsAsync(vendor, "offer_expiring"));
    }

    [Fact]
    public async Task Given_up_mail_is_an_item_of_administrators_until_it_is_retried_or_dropped()
    {
        var (admin, staff) = (await app.AdminAsync(), await app.SomeStaffAsync());
        var (retried, dropped) = (await GiveUpAsync(), await GiveUpAsync());
        Assert.Empty(await app.ItemsAsync(staff, "mail_given_up"));
        var items = await app.ItemsAsync(admin, "mail_given_up");
        Assert.Equal(2, items.Count);
        var message = (await app.OpenItemAsync(admin, items[0])).GetProperty("message");
        Assert.Equal((retried, "mail"), (message.GetProperty("id").GetInt64(), message.Text("message_kind")));

        await (await app.Customers.SendAsync(HttpMethod.Post, $"/api/v1/messages/{retried}/retry", staff)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"/api/v1/messages/{retried}/retry", admin)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"/api/v1/messages/{dropped}/drop", admin)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"/api/v1/messages/{dropped}/drop", admin)).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Empty(await app.ItemsAsync(admin, "mail_given_up"));
    }

    [Fact]
    public async Task Unanswered_invitation_of_a_customer_is_an_item_until_it_is_withdrawn_or_the_customer_is_gone()
    {
        var staff = await app.SomeStaffAsync();
        var (customer, _) = await app.WaitingCustomerAsync();
        var uid = Guid.Parse((await UidAsync(customer.Id()))!);
        var id = await app.AccountsSqlAsync<long>(
            "INSERT INTO accounts.activation_invitations (customer_uid, invited_at, mails, last_mailed_at) VALUES ($1, now(), 2, now() - interval '5 days') RETURNING id", uid);
        await app.RefreshExpiringAsync();
        var item = await app.ItemAsync(staff, "invitation_expiring", customer.Id());
        Assert.Equal(2, (await app.OpenItemAsync(staff, item)).GetProperty("invitation").GetProperty("mails").GetInt32());

        Assert.Null((await UseAsync<WithdrawActivationInvitation, InvitationView>(
            (withdraw, system) => withdraw.HandleAsync(system, id, TestContext.Current.CancellationToken), app.Home())).Error);
        await app.ShouldBeSettledAsync(staff, "invitation_expiring", customer.Id());

        await app.AccountsSqlAsync<object>("UPDATE accounts.activation_invitations SET withdrawn_at = NULL WHERE id = $1", id);
        await app.RefreshExpiringAsync();
        await app.ItemAsync(staff, "invitation_expiring", customer.Id());
        await (await app.Customers.SendAsync(HttpMethod.Delete, CustomerIntents.Api + customer.Id(), staff)).ShouldBeAsync(HttpStatusCode.OK);
        await app.ShouldBeSettledAsync(staff, "invitation_expiring", customer.Id());
    }

    [Fact]
    public async Task Open_invitation_of_a_member_is_an_item_until_it_is_withdrawn()
    {
        var vendor = await app.StaffOfNewOrganizationAsync();
        var organization = await app.AccountsSqlAsync<Guid>("SELECT organization_id FROM accounts.memberships WHERE user_id = $1", vendor.Id);
        var id = Guid.CreateVersion7();
        await app.AccountsSqlAsync<object>(
            "INSERT INTO accounts.invitations (id, organization_id, email, normalized_email, role, secret_hash, created_at, expires_at) VALUES ($1, $2, 'new@tests.example', 'new@tests.example', 'employee', $3, now(), now() + interval '2 days')",
            id, organization, id.ToByteArray());
        await app.RefreshExpiringAsync();
        var opened = await app.OpenItemAsync(vendor, Assert.Single(await app.ItemsAsync(vendor, "invitation_expiring")));
        Assert.Equal(("new@tests.example", "employee"), (opened.GetProperty("member_invitation").Text("email"), opened.GetProperty("member_invitation").Text("role")));

        Assert.Null((await UseAsync<WithdrawMemberInvitation, MemberInvitation>(
            (withdraw, system) => withdraw.HandleAsync(system, id, TestContext.Current.CancellationToken), organization)).Error);
        Assert.Empty(await app.ItemsAsync(vendor, "invitation_expiring"));
    }

    [Fact]
    public async Task Released_claim_is_an_item_until_the_record_has_another_address_or_is_dismissed()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var (other, taker) = await ReleaseAsync(staff);
        var released = (await app.OpenItemAsync(staff, await app.ItemAsync(staff, "released_claim", other))).GetProperty("released_claim");
        Assert.Equal((other, taker), (released.GetProperty("customer").Id(), released.GetProperty("holder").Id()));
        await (await app.PutCustomerAsync(staff, other, new { email = Intents.NewEmail("own") })).ShouldBeAsync(HttpStatusCode.OK);
        await app.ShouldBeSettledAsync(staff, "released_claim", other);

        (other, _) = await ReleaseAsync(staff);
        await (await app.AnswerItemAsync(staff, await app.ItemAsync(staff, "released_claim", other), "dismiss")).ShouldBeAsync(HttpStatusCode.OK);
        await app.ShouldBeSettledAsync(staff, "released_claim", other);

        (other, _) = await ReleaseAsync(staff);
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{other}/hard", staff)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await app.ItemsAsync(staff, "released_claim"));
    }

    [Fact]
    public async Task Two_records_with_one_mailbox_are_an_item_until_the_conflict_is_over()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var (one, other) = (await app.CreateCustomerAsync(staff), await app.CreateCustomerAsync(staff));
        await app.CustomersSqlAsync<object>(
            "INSERT INTO shared.email_key_conflicts (kind, row_id, former_key, key) SELECT 'customer', a.uid::text, a.email_key, b.email_key FROM customers.customers a, customers.customers b WHERE a.customer_id = $1 AND b.customer_id = $2",
            one.Id(), other.Id());
        var conflict = (await app.OpenItemAsync(staff, await app.ItemAsync(staff, "key_collision", one.Id()))).GetProperty("email_conflict");
        Assert.Equal((one.Id(), other.Id()), (conflict.Text("id"), conflict.Text("other_id")));
        await (await app.AnswerItemAsync(staff, await app.ItemAsync(staff, "key_collision", one.Id()), "dismiss")).ShouldBeAsync(HttpStatusCode.BadRequest);

        await app.CustomersSqlAsync<object>("DELETE FROM shared.email_key_conflicts");
        await app.ShouldBeSettledAsync(staff, "key_collision", one.Id());
    }

    private async Task<JsonElement> ApplyWithOneSkippedAsync(Person staff)
    {
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 2);
        var job = await app.PreviewAsync(staff, "update", tag, new { city = "Oslo" });
        await (await app.PutCustomerAsync(staff, customers[0].Id(), new { city = "Bergen" })).ShouldBeAsync(HttpStatusCode.OK);
        return await app.ApplyAsync(staff, job);
    }

    private async Task<JsonElement> ExpireAsync(Person vendor)
    {
        await app.CustomersSqlAsync<object>("UPDATE customers.offers SET expires_at = now() + interval '1 day' WHERE state = 'offered'");
        await app.RefreshExpiringAsync();
        return Assert.Single(await app.ItemsAsync(vendor, "offer_expiring"));
    }

    private async Task<long> GiveUpAsync()
    {
        var id = await app.AccountsSqlAsync<long>(
            """
            INSERT INTO shared.outbox_messages (kind, payload, created_at, due_at)
            VALUES ('mail', '{"To": "given-up@tests.example", "Subject": "Hello", "Text": "Hello"}', now(), now() + interval '1 day') RETURNING id
            """);
        await app.AccountsSqlAsync<object>("UPDATE shared.outbox_messages SET dead_at = now(), attempts = 15, last_error = 'away' WHERE id = $1", id);
        return id;
    }

    private async Task<(string Released, string Taker)> ReleaseAsync(Person staff)
    {
        var (kept, other) = ((await app.CreateCustomerAsync(staff)).Id(), await app.CreateCustomerAsync(staff));
        var merge = await app.MergeAsync(staff, kept, other.Id());
        var taker = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(other.Text("email")));
        await app.UndoAsync(staff, merge);
        return (other.Id(), taker.Id());
    }

    private Task<string?> UidAsync(string customer) =>
        app.CustomersSqlAsync<string>("SELECT uid::text FROM customers.customers WHERE customer_id = $1", customer);

    private async Task<string> ItemIdsAsync(Guid organization) => (await app.CustomersSqlAsync<string>(
        "SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM shared.inbox_items WHERE organization_id = $1 AND kind = 'duplicate'", organization))!;

    private Task<object?> InsertAsync(Guid organization, params string[] pairs) => app.CustomersSqlAsync<object>(
        $"INSERT INTO customers.duplicate_pairs (organization_id, uid_a, uid_b, score, cluster, found_at) SELECT $1, v.a::uuid, v.b::uuid, v.s, v.c, now() FROM (VALUES {string.Join(", ", pairs)}) v (a, b, s, c)",
        organization);

    private async Task<Patron.Shared.Results.Result<T>> UseAsync<TUseCase, T>(
        Func<TUseCase, Caller, Task<Patron.Shared.Results.Result<T>>> use, Guid organization)
        where TUseCase : notnull
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<TUseCase>(), Caller.System(organization));
    }
}
