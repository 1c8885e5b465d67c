using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers.Duplicates;

/// <summary>Customers that are probably one are found in the background, explained and dismissed.</summary>
public sealed class DuplicateTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task New_customer_that_resembles_another_is_found_with_reasons()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var (one, other) = await app.CreateTwinsAsync(staff);

        var pair = await app.FindPairAsync(staff, one);

        Assert.InRange(pair.GetProperty("score").GetDouble(), 0.9, 1);
        Assert.Equal(new[] { one.Id(), other.Id() }.Order(), pair.CustomerIds().Order());
        Assert.NotEmpty(pair.GetProperty("reasons").EnumerateArray());
        Assert.All(pair.GetProperty("reasons").EnumerateArray(), reason => Assert.NotEmpty(reason.Text("text")!));
        var listed = Assert.Single(await app.ListDuplicatesAsync(staff));
        Assert.Equal(pair.GetRawText(), listed.GetRawText());
        Assert.Empty(await app.ListDuplicatesAsync(await app.StaffOfNewOrganizationAsync()));
    }

    [Fact]
    public async Task Change_that_removes_what_was_alike_removes_the_pair()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var (one, _) = await app.CreateTwinsAsync(staff);
        await app.FindPairAsync(staff, one);

        await app.PutCustomerAsync(staff, one.Id(), new
        {
            first_name = "Wilhelmina", last_name = "Featherstonehaugh", phone = "+44 20 7946 0018", date_of_birth = "1931-11-30", address_line1 = "2 Quay",
            city = "Leeds", postal_code = "LS1 4AP",
        });

        await Eventually.BecomeTrueAsync(async () => (await app.ListDuplicatesAsync(staff, "?min_score=0")).Count == 0);
    }

    [Fact]
    public async Task Dismissed_pair_stays_dismissed_after_changes_until_it_is_reopened()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var (one, other) = await app.CreateTwinsAsync(staff);
        var pair = await app.FindPairAsync(staff, one);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var dismissed = await (await app.AnswerPairAsync(staff, pair, "dismiss")).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(JsonValueKind.String, dismissed.GetProperty("dismissed_at").ValueKind);
        }

        await app.PutCustomerAsync(staff, other.Id(), new { address_line2 = "Second floor" });
        await app.WaitForQueueAsync();
        Assert.Empty(await app.ListDuplicatesAsync(staff));
        Assert.Single(await app.ListDuplicatesAsync(staff, "?state=dismissed"));
        Assert.Equal(["customer.created", "customer.duplicate_dismissed"], (await app.TraceAsync(one)).Select(entry => entry.Action));

        await (await app.AnswerPairAsync(staff, pair, "reopen")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Single(await app.ListDuplicatesAsync(staff));
        var stranger = await app.StaffOfNewOrganizationAsync();
        await (await app.AnswerPairAsync(stranger, pair, "dismiss")).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Values_are_compared_before_they_are_stored()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var one = await app.CreateCustomerAsync(staff, Twin());
        await app.WaitForQueueAsync();

        var check = await app.Customers.SendAsync(HttpMethod.Post, "/api/v1/duplicates/check", staff, Twin("jon"));
        var found = Assert.Single((await check.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray());
        Assert.Equal(one.Id(), found.GetProperty("customer").Id());

        var created = await app.Customers.SendAsync(HttpMethod.Post, $"{Api}?check=duplicates", staff, Twin("jon"));
        var possible = (await created.ShouldBeAsync(HttpStatusCode.Created)).GetProperty("possible_duplicates");
        Assert.Equal(one.Id(), Assert.Single(possible.EnumerateArray()).GetProperty("customer").Id());
        Assert.False((await app.CreateCustomerAsync(staff)).TryGetProperty("possible_duplicates", out _));
    }

    [Fact]
    public async Task Deleted_and_erased_customers_are_no_duplicates()
    {
        var admin = await app.StaffOfNewOrganizationAsync();
        var (one, other) = await app.CreateTwinsAsync(admin);
        await app.FindPairAsync(admin, one);

        await app.Customers.SendAsync(HttpMethod.Delete, Api + one.Id(), admin);
        await Eventually.BecomeTrueAsync(async () => (await app.ListDuplicatesAsync(admin)).Count == 0);
        await app.Customers.SendAsync(HttpMethod.Post, $"{Api}{one.Id()}/restore", admin);
        await app.FindPairAsync(admin, one);

        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{other.Id()}/hard", admin)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await app.ListDuplicatesAsync(admin));
        Assert.Equal(0, await app.CustomersSqlAsync<long>(
            "SELECT (SELECT count(*) FROM customers.match_keys WHERE customer_uid = $1) + (SELECT count(*) FROM customers.duplicate_pairs WHERE $1 IN (uid_a, uid_b))",
            other.GetProperty("uid").GetGuid()));
    }

    [Fact]
    public async Task Pages_list_each_pair_once()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        for (var number = 0; number < 4; number++)
        {
            await app.CreateCustomerAsync(staff, Twin($"n{number}"));
        }

        await Eventually.BecomeTrueAsync(async () => (await app.ListDuplicatesAsync(staff)).Count == 6);
        var ids = new List<long>();
        for (var page = "?limit=4"; page.Length > 0;)
        {
            var response = await app.Customers.SendAsync(HttpMethod.Get, "/api/v1/duplicates/" + page, staff);
            ids.AddRange((await response.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(pair => pair.GetProperty("id").GetInt64()));
            page = response.Headers.TryGetValues("Link", out var links) ? "?" + links.Single().Split('?')[1].Split('>')[0] : "";
        }

        Assert.Equal(6, ids.Distinct().Count());
        Assert.Equal(6, ids.Count);
        foreach (var (query, field) in new[] { ("limit=0", "limit"), ("min_score=2", "min_score"), ("cursor=x", "cursor"), ("state=x", "state") })
        {
            await (await app.Customers.SendAsync(HttpMethod.Get, $"/api/v1/duplicates/?{query}", staff)).ShouldRefuseAsync(field);
        }
    }

    private static Dictionary<string, object?> Twin(string name = "john") => DuplicateIntents.Twin(name);
}
