using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Inbox;

/// <summary>Working through the inbox: who sees it, taking, snoozing, paging and counting.</summary>
public sealed class InboxWorkTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Of_fifty_assignments_at_once_one_person_gets_the_item_and_the_others_learn_who()
    {
        var (people, item) = (new List<Person>(), await NewItemAsync(app.Home()));
        for (var number = 0; number < 5; number++)
        {
            people.Add(await app.StaffAsync());
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
            (Person: people[number % 5], Answer: await app.AnswerItemAsync(people[number % 5], item, "assign"))));

        var winner = Assert.Single(answers.Where(one => one.Answer.StatusCode == HttpStatusCode.OK).Select(one => one.Person.Id).Distinct());
        var lost = answers.Where(one => one.Person.Id != winner).ToList();
        Assert.Equal(40, lost.Count);
        foreach (var (_, answer) in lost)
        {
            Assert.StartsWith("Jane Doe has taken this item.", (await answer.ShouldBeAsync(HttpStatusCode.Conflict)).Text("detail"), StringComparison.Ordinal);
        }

        var (mine, other) = (people.Single(one => one.Id == winner), people.First(one => one.Id != winner));
        await (await app.AnswerItemAsync(other, item, "release")).ShouldBeAsync(HttpStatusCode.Conflict);
        await (await app.AnswerItemAsync(other, item, "snooze", new { until = Day(1) })).ShouldBeAsync(HttpStatusCode.Conflict);
        Assert.Equal([item.ItemId()], await IdsAsync(mine, "?assigned=mine"));
        Assert.DoesNotContain(item.ItemId(), await IdsAsync(other, "?assigned=unassigned"));
        await (await app.AnswerItemAsync(mine, item, "release")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Contains(item.ItemId(), await IdsAsync(other, "?assigned=unassigned"));
        await (await app.AnswerItemAsync(other, item, "assign")).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Snoozed_item_is_hidden_until_its_day_and_comes_back_by_itself()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var item = await NewItemAsync(await OrganizationOfAsync(staff));
        foreach (var day in new[] { Day(0), Day(-1), Day(400) })
        {
            await (await app.AnswerItemAsync(staff, item, "snooze", new { until = day })).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        }

        await (await app.AnswerItemAsync(staff, item, "snooze", new { until = Day(2) })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await IdsAsync(staff));
        Assert.Equal([item.ItemId()], await IdsAsync(staff, "?snoozed=true"));
        Assert.Empty((await app.ReadInboxAsync(staff)).GetProperty("counts").EnumerateObject());
        await (await app.AnswerItemAsync(staff, item, "wake")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal([item.ItemId()], await IdsAsync(staff));

        await (await app.AnswerItemAsync(staff, item, "snooze", new { until = Day(1) })).ShouldBeAsync(HttpStatusCode.OK);
        await app.CustomersSqlAsync<object>("UPDATE shared.inbox_items SET snoozed_until = now() WHERE id = $1", item.ItemId());
        Assert.Equal([item.ItemId()], await IdsAsync(staff));
    }

    [Fact]
    public async Task Pages_follow_the_filter_and_counts_are_those_of_all_kinds()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var organization = await OrganizationOfAsync(staff);
        var ids = new List<long>();
        for (var number = 0; number < 7; number++)
        {
            ids.Add((await NewItemAsync(organization, number % 2 == 0 ? "job_rejected" : "change_request")).ItemId());
        }

        Assert.Equal(ids, await IdsAsync(staff));
        var first = await app.Customers.SendAsync(HttpMethod.Get, $"{InboxIntents.Api}?kind=job_rejected&limit=3", staff);
        var page = await first.ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal([ids[0], ids[2], ids[4]], Ids(page));
        Assert.Equal("""{"change_request":3,"job_rejected":4}""", string.Concat("{", string.Join(',', page.GetProperty("counts").EnumerateObject().OrderBy(one => one.Name).Select(one => $"\"{one.Name}\":{one.Value}")), "}"));
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        Assert.Equal([ids[6]], Ids(await (await app.Customers.SendAsync(HttpMethod.Get, next, staff)).ShouldBeAsync(HttpStatusCode.OK)));
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{InboxIntents.Api}?kind=nothing", staff)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{InboxIntents.Api}?assigned=others", staff)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{InboxIntents.Api}?limit=0", staff)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Inbox_is_for_staff_of_its_organization_and_keys_with_the_scope()
    {
        var item = await NewItemAsync(app.Home());
        var path = InboxIntents.Api + item.ItemId();
        var customer = await app.RegisterAsync();
        await (await app.Customers.SendAsync(HttpMethod.Get, InboxIntents.Api)).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.Customers.SendAsync(HttpMethod.Get, InboxIntents.Api, customer)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{path}/assign", customer)).ShouldBeAsync(HttpStatusCode.Forbidden);

        foreach (var staff in new[] { await app.StaffAsync(), await app.StaffAsync(OrganizationRole.Vendor), await app.AdminAsync() })
        {
            Assert.Contains(item.ItemId(), await IdsAsync(staff));
            await (await app.Customers.SendAsync(HttpMethod.Post, $"{path}/assign", staff)).ShouldBeAsync(HttpStatusCode.OK);
            await (await app.Customers.SendAsync(HttpMethod.Post, $"{path}/release", staff)).ShouldBeAsync(HttpStatusCode.OK);
        }

        var other = await app.StaffOfNewOrganizationAsync();
        Assert.DoesNotContain(item.ItemId(), await IdsAsync(other));
        foreach (var answer in new[] { "assign", "release", "wake", "dismiss" })
        {
            await (await app.Customers.SendAsync(HttpMethod.Post, $"{path}/{answer}", other)).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        await (await app.Customers.SendAsync(HttpMethod.Get, path, other)).ShouldBeAsync(HttpStatusCode.NotFound);
        await WithKeyAsync(HttpMethod.Get, InboxIntents.Api, HttpStatusCode.OK, Scopes.ReadCustomers);
        await WithKeyAsync(HttpMethod.Get, InboxIntents.Api, HttpStatusCode.Forbidden, Scopes.WriteCustomers);
        await WithKeyAsync(HttpMethod.Post, $"{path}/wake", HttpStatusCode.OK, Scopes.WriteCustomers);
        await WithKeyAsync(HttpMethod.Post, $"{path}/wake", HttpStatusCode.Forbidden, Scopes.ReadCustomers);
        await WithKeyAsync(HttpMethod.Post, $"{path}/assign", HttpStatusCode.BadRequest, Scopes.WriteCustomers);
    }

    private async Task WithKeyAsync(HttpMethod method, string path, HttpStatusCode status, params string[] scopes) =>
        await (await app.Customers.SendAsync(method, path, null, null, ("X-Api-Key", await app.ApiKeyAsync(null, scopes)))).ShouldBeAsync(status);

    private async Task<JsonElement> NewItemAsync(Guid organization, string kind = "job_rejected")
    {
        var id = await app.CustomersSqlAsync<long>(
            "INSERT INTO shared.inbox_items (organization_id, kind, source, created_at) VALUES ($1, $2, gen_random_uuid()::text, now()) RETURNING id", organization, kind);
        return JsonDocument.Parse($$"""{"id": {{id}}}""").RootElement;
    }

    private Task<Guid> OrganizationOfAsync(Person staff) =>
        app.AccountsSqlAsync<Guid>("SELECT organization_id FROM accounts.memberships WHERE user_id = $1", staff.Id);

    private async Task<List<long>> IdsAsync(Person who, string query = "") => Ids(await app.ReadInboxAsync(who, query));

    private static List<long> Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(InboxIntents.ItemId)];

    private static string Day(int fromToday) => DateTime.UtcNow.Date.AddDays(fromToday).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
