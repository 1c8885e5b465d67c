using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Merges;

/// <summary>Merges by staff, and their undo (linking.md, 'Merge').</summary>
public sealed class MergeTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Preview_explains_each_field_and_changes_nothing()
    {
        var staff = await app.SomeStaffAsync();
        var kept = await CreateAsync(staff, ("gender", null), ("tags", "a,b"), ("notes", "first"), ("phone", "+49 30 1"));
        var other = await CreateAsync(staff, ("gender", "female"), ("tags", "b,c"), ("notes", "second"), ("phone", "+49 30 2"), ("address_line1", "2 Other Road"));
        var (before, otherBefore) = (await app.StoredAsync(kept), await app.StoredAsync(other));

        var preview = await (await app.TryMergeAsync(staff, kept, new { others = new[] { other }, choices = new { phone = other }, dry_run = true })).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal((before, otherBefore), (await app.StoredAsync(kept), await app.StoredAsync(other)));
        Assert.True(preview.GetProperty("dry_run").GetBoolean());
        Assert.Equal(("only_value", other, "female"), Said(preview, "gender"));
        Assert.Equal(("chosen", other, "+49 30 2"), Said(preview, "phone"));
        Assert.Equal(("combined", null, "a,b,c"), Said(preview, "tags"));
        Assert.Equal(("combined", null, "first\n\nsecond"), Said(preview, "notes"));
        Assert.Equal(("survivor", kept, "123 Main Street"), Said(preview, "address_line1"));
        Assert.Equal(("both_must_agree", kept, "true"), Said(preview, "marketing_emails"));
        Assert.Equal(1, preview.GetProperty("moved").GetProperty("primary_addresses").GetInt64());

        var versions = preview.GetProperty("versions").EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetInt64());
        var done = await (await app.TryMergeAsync(staff, kept, new { others = new[] { other }, choices = new { phone = other }, versions })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(preview.GetProperty("fields").GetRawText(), done.GetProperty("fields").GetRawText());
        Assert.Equal((kept, "+49 30 2", "a,b,c", "female"), (done.GetProperty("customer").Id(), done.GetProperty("customer").Text("phone"), done.GetProperty("customer").Text("tags"), done.GetProperty("customer").Text("gender")));
        Assert.Equal(kept, (await app.ReadCustomerAsync(staff, other)).Text("merged_into"));
    }

    [Fact]
    public async Task Undo_restores_both_records_and_keeps_later_changes_where_they_were_made()
    {
        var staff = await app.SomeStaffAsync();
        var kept = await CreateAsync(staff, ("gender", null), ("tags", "a"));
        var other = await CreateAsync(staff, ("gender", "female"), ("tags", "b"), ("city", "Bern"));
        await (await app.AddAddressAsync(staff, other, new { type = "billing", city = "Paris" })).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.PutCustomerAsync(staff, other, new { marketing_sms = true })).ShouldBeAsync(HttpStatusCode.OK);
        var (before, otherBefore) = (await app.StoredAsync(kept), await app.StoredAsync(other));

        var merge = await app.MergeAsync(staff, kept, other);
        var first = await app.UndoAsync(staff, merge);
        Assert.Equal((before, otherBefore), (await app.StoredAsync(kept), await app.StoredAsync(other)));
        Assert.Equal(("undone", 0), (first.GetProperty("merge").Text("state"), first.GetProperty("staying").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, (await app.ReadCustomerAsync(staff, other)).GetProperty("merged_into").ValueKind);

        merge = await app.MergeAsync(staff, kept, other);
        await (await app.PutCustomerAsync(staff, kept, new { website = "later.example", tags = "a,later" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.AddAddressAsync(staff, other, new { type = "shipping", city = "Rome" })).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.AddAddressAsync(staff, kept, new { type = "shipping", city = "Oslo" })).ShouldBeAsync(HttpStatusCode.Created);
        var undone = await app.UndoAsync(staff, merge);

        Assert.Equal(("later.example", "a,later", null), (undone.GetProperty("customer").Text("website"), undone.GetProperty("customer").Text("tags"), undone.GetProperty("customer").Text("gender")));
        Assert.Equal((null, "b", "female"), (undone.GetProperty("returned").Text("website"), undone.GetProperty("returned").Text("tags"), undone.GetProperty("returned").Text("gender")));
        Assert.Equal(["New York", "Oslo"], await CitiesAsync(staff, kept));
        Assert.Equal(["Bern", "Paris", "Rome"], await CitiesAsync(staff, other));
        Assert.Equal("address", Assert.Single(undone.GetProperty("staying").EnumerateArray()).Text("kind"));
        Assert.Equal(2, await app.CustomersSqlAsync<long>("SELECT count(*) FROM shared.audit_entries WHERE cause = $1 AND action = 'customer.unmerged'", $"merge:{merge}"));
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.merges WHERE id = $1 AND (survivor_before IS NOT NULL OR absorbed_before IS NOT NULL)", merge));
    }

    [Fact]
    public async Task Invalid_merges_are_refused_before_anything_happens()
    {
        var staff = await app.SomeStaffAsync();
        var (kept, other) = (await CreateAsync(staff, ("tags", new string('a', 300))), await CreateAsync(staff, ("tags", new string('b', 300))));
        var (before, otherBefore) = (await app.StoredAsync(kept), await app.StoredAsync(other));
        var strangers = (await app.CreateCustomerAsync(await app.StaffOfNewOrganizationAsync())).Id();

        await (await app.TryMergeAsync(staff, kept, other)).ShouldRefuseAsync("tags");
        await (await app.TryMergeAsync(staff, kept, kept)).ShouldRefuseAsync("others");
        await (await app.TryMergeAsync(staff, kept, other, other)).ShouldRefuseAsync("others");
        await (await app.TryMergeAsync(staff, kept, [.. Enumerable.Range(0, 10).Select(number => $"CUST_0000000{number}")])).ShouldRefuseAsync("others");
        await (await app.TryMergeAsync(staff, kept, new { others = new[] { other }, choices = new { tags = other, name = "CUST_00000000" } })).ShouldRefuseAsync("choices.tags", "choices.name");
        await (await app.TryMergeAsync(staff, kept, strangers)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.TryMergeAsync(staff, kept, new { others = new[] { other }, versions = new Dictionary<string, long> { [other] = 7 } })).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        await (await app.TryMergeAsync(staff, kept, new { others = new[] { other } }, ("If-Match", "\"7\""))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        await (await app.TryMergeAsync(await app.RegisterAsync(), kept, other)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.TryUndoAsync(staff, 999_999)).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal((before, otherBefore), (await app.StoredAsync(kept), await app.StoredAsync(other)));
    }

    [Fact]
    public async Task Undo_of_any_merge_of_a_chain_leaves_the_others()
    {
        var staff = await app.SomeStaffAsync();
        var (one, two, three) = (await CreateAsync(staff, ("gender", null)), await CreateAsync(staff, ("gender", null)), await CreateAsync(staff, ("gender", "female")));
        var (oneBefore, twoBefore, threeBefore) = (await app.StoredAsync(one), await app.StoredAsync(two), await app.StoredAsync(three));
        var first = await app.MergeAsync(staff, two, three);
        var second = await app.MergeAsync(staff, one, two);
        Assert.Equal(("female", one), ((await app.ReadCustomerAsync(staff, one)).Text("gender"), (await app.ReadCustomerAsync(staff, three)).Text("merged_into")));

        await app.UndoAsync(staff, first);
        Assert.Equal((threeBefore, null), (await app.StoredAsync(three), (await app.ReadCustomerAsync(staff, one)).Text("gender")));
        Assert.Equal(one, (await app.ReadCustomerAsync(staff, two)).Text("merged_into"));
        await app.UndoAsync(staff, second);
        Assert.Equal((oneBefore, twoBefore), (await app.StoredAsync(one), await app.StoredAsync(two)));

        // A merge of a merged record comes back with it.
        first = await app.MergeAsync(staff, two, three);
        await app.UndoAsync(staff, await app.MergeAsync(staff, one, two));
        Assert.Equal((oneBefore, two), (await app.StoredAsync(one), (await app.ReadCustomerAsync(staff, three)).Text("merged_into")));
        await app.UndoAsync(staff, first);
        Assert.Equal((twoBefore, threeBefore), (await app.StoredAsync(two), await app.StoredAsync(three)));
        await (await app.TryUndoAsync(staff, first)).ShouldBeAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Address_that_another_customer_claims_meanwhile_comes_back_released_with_an_inbox_item()
    {
        var staff = await app.SomeStaffAsync();
        var (kept, other) = (await CreateAsync(staff), await CreateAsync(staff));
        var email = (await app.ReadCustomerAsync(staff, other)).Text("email");
        var merge = await app.MergeAsync(staff, kept, other);
        var taker = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));

        var undone = await app.UndoAsync(staff, merge);

        Assert.Equal([other], undone.GetProperty("released_addresses").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(taker.Id(), (await app.ReadCustomerAsync(staff, $"email/{email}")).Id());
        Assert.Equal("released", await app.CustomersSqlAsync<string>("SELECT claim FROM customers.customers WHERE customer_id = $1", other));
        Assert.Equal(1, await app.CustomersSqlAsync<long>("SELECT count(*) FROM shared.inbox_items i JOIN customers.customers c ON c.uid = i.customer_uid WHERE c.customer_id = $1 AND kind = 'released_claim'", other));
    }

    [Fact]
    public async Task Account_moves_with_the_merge_and_returns_with_what_its_owner_changed()
    {
        var staff = await app.SomeStaffAsync();
        var (person, made) = await app.SignUpAsync(phone: "+49 30 7654321");
        await LinkingIntents.ProveAsync(app, person);
        var kept = await CreateAsync(staff);
        var (before, own) = (await app.StoredAsync(kept), await app.ReadCustomerAsync(staff, made.CustomerId));

        var merge = await app.MergeAsync(staff, kept, made.CustomerId);
        var merged = await app.ReadCustomerAsync(person, kept);
        Assert.Equal((person.Id, person.Email, "Jane"), (merged.User(), merged.Text("email"), merged.Text("first_name")));
        await (await app.UpdateProfileAsync(person, new { first_name = "Zerlina" })).ShouldBeAsync(HttpStatusCode.OK);
        await app.UndoAsync(staff, merge);

        Assert.Equal(before, await app.StoredAsync(kept));
        var returned = await app.ReadCustomerAsync(person, made.CustomerId);
        Assert.Equal((person.Id, "Zerlina", "Zerlina Doe", own.Text("phone"), true), (returned.User(), returned.Text("first_name"), returned.Text("name"), returned.Text("phone"), returned.GetProperty("email_verified").GetBoolean()));
    }

    [Fact]
    public async Task Merge_of_a_proof_is_undone_by_administrators_with_a_reason()
    {
        var (staff, admin, email) = (await app.SomeStaffAsync(), await app.AdminAsync(), Intents.NewEmail());
        var (person, made) = await app.SignUpAsync(email);
        var waiting = (await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email))).Id();
        var before = await app.StoredAsync(waiting);
        await LinkingIntents.ProveAsync(app, person);
        var merge = await app.LastMergeAsync(staff, waiting);
        Assert.Equal(("proof", "merged"), (merge.Text("evidence"), merge.Text("state")));
        var id = merge.GetProperty("id").GetInt64();

        await (await app.TryUndoAsync(staff, id, "why")).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.TryUndoAsync(admin, id)).ShouldRefuseAsync("reason");
        await app.UndoAsync(admin, id, "Another John Doe");

        Assert.Equal(before, await app.StoredAsync(waiting));
        Assert.Equal(person.Id, (await app.ReadCustomerAsync(person, made.CustomerId)).User());
    }

    [Fact]
    public async Task Two_accounts_are_merged_by_administrators_and_the_undo_opens_the_closed_one()
    {
        var (staff, admin) = (await app.SomeStaffAsync(), await app.AdminAsync());
        var ((one, kept), (two, other)) = (await app.SignUpAsync(), await app.SignUpAsync());
        await LinkingIntents.ProveAsync(app, one);
        await LinkingIntents.ProveAsync(app, two);
        var otherBefore = await app.StoredAsync(other.CustomerId);

        await (await app.TryMergeAsync(staff, kept.CustomerId, other.CustomerId)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.TryMergeAsync(admin, kept.CustomerId, other.CustomerId)).ShouldRefuseAsync("reason");
        var elsewhere = await app.OrganizationAsync();
        await app.MakeMemberAsync(two.Email, OrganizationRole.Employee, elsewhere);
        await (await app.TryMergeAsync(admin, kept.CustomerId, new { others = new[] { other.CustomerId }, reason = "One person" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        await app.AccountsSqlAsync<object>("DELETE FROM accounts.memberships WHERE organization_id = $1", elsewhere);

        var merged = await (await app.TryMergeAsync(admin, kept.CustomerId, new { others = new[] { other.CustomerId }, reason = "One person" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.False(await app.Accounts.IsSignedInAsync(two));
        Assert.True(await app.Accounts.IsSignedInAsync(one));
        await app.MailAsync(two.Email, "was closed");
        await app.MailAsync(one.Email, "put together");

        await (await app.TryUndoAsync(staff, merged.GetProperty("merges")[0].GetInt64(), "why")).ShouldBeAsync(HttpStatusCode.Forbidden);
        await app.UndoAsync(admin, merged.GetProperty("merges")[0].GetInt64(), "Two people");
        Assert.Equal(otherBefore, await app.StoredAsync(other.CustomerId));
        Assert.Equal(two.Id, (await app.ReadCustomerAsync(await app.SignInAsync(two.Email), other.CustomerId)).User());
    }

    [Fact]
    public async Task Erasure_of_a_separated_person_leaves_nothing_of_them_with_the_other()
    {
        var staff = await app.StaffAsync(OrganizationRole.Vendor);
        var (kept, other, third) = (await CreateAsync(staff, ("gender", null)), await CreateAsync(staff, ("gender", "Secret123")), await CreateAsync(staff));
        var (first, second) = (await app.MergeAsync(staff, kept, other), await app.MergeAsync(staff, kept, third));
        await app.UndoAsync(staff, first);
        var uid = (await app.ReadCustomerAsync(staff, other)).GetProperty("uid").GetGuid();
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{other}/hard", staff)).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.merges WHERE survivor_before::text LIKE '%Secret123%' OR absorbed_before::text LIKE '%Secret123%'"));
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM shared.audit_entries WHERE before::text LIKE '%Secret123%' OR after::text LIKE '%Secret123%'"));
        await (await app.TryUndoAsync(staff, first)).ShouldBeAsync(HttpStatusCode.Conflict);
        await app.UndoAsync(staff, second);
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE uid = $1", uid));
    }

    private static (string? Reason, string? From, string? Value) Said(JsonElement preview, string field)
    {
        var said = preview.GetProperty("fields").EnumerateArray().Single(one => one.Text("field") == field);
        return (said.Text("reason"), said.Text("from"), said.Text("value"));
    }

    private async Task<string> CreateAsync(Person staff, params (string Field, object? Value)[] values)
    {
        var body = CustomerIntents.JohnDoe();
        foreach (var (field, value) in values)
        {
            body[field] = value;
        }

        return (await app.CreateCustomerAsync(staff, body)).Id();
    }

    private async Task<IEnumerable<string?>> CitiesAsync(Person staff, string customer) =>
        (await (await app.ListAddressesAsync(staff, customer)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(address => address.Text("city"));
}
