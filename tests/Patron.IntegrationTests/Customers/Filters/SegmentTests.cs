using System.Net;
using System.Text.Json;
using Patron.Customers.Segments;
using Patron.IntegrationTests.Customers.Jobs;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Customers.CustomerIntents;
using static Patron.IntegrationTests.Customers.Filters.FilterIntents;

namespace Patron.IntegrationTests.Customers.Filters;

/// <summary>Saved filters: who sees and changes them, and who uses them.</summary>
public sealed class SegmentTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Segment_is_listed_with_its_count_and_limits_lists_and_searches()
    {
        var staff = await app.StaffOfPeopleAsync();
        var segment = await app.CreateSegmentAsync(staff, "  Premium ones ", " TAG:premium   is:Active");
        Assert.Equal(("Premium ones", "tag:premium is:active"), (segment.Text("name"), segment.Text("filter")));

        var listed = await ListAsync(staff, "Premium ones");
        Assert.Equal((2, true), (listed.GetProperty("customers").GetInt32(), listed.GetProperty("customers_is_exact").GetBoolean()));

        var id = segment.SegmentId();
        Assert.Equal(["Łukasz", "Ann"], await GetAsync($"{Api}?segment={id}", staff));
        Assert.Equal(["Ann"], await GetAsync($"{Api}find?segment={id}&filter=tag:old", staff));
        var found = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { segment = id, filter = "lukasz" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(1, found.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Private_segment_is_seen_and_used_by_its_owner_alone()
    {
        var owner = await app.SomeStaffAsync();
        var colleague = await app.StaffAsync();
        var segment = await app.CreateSegmentAsync(owner, "Mine", "tag:a", isPrivate: true);
        await app.CreateSegmentAsync(colleague, "mine", "tag:b", isPrivate: true);
        await app.CreateSegmentAsync(colleague, "MINE", "tag:c");
        var path = $"{Segments}{segment.SegmentId()}";

        await (await app.Customers.SendAsync(HttpMethod.Get, path, owner)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Get, path, colleague)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.Customers.SendAsync(HttpMethod.Patch, path, colleague, new { name = "Theirs" })).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.Customers.SendAsync(HttpMethod.Delete, path, colleague)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}?segment={segment.SegmentId()}", colleague)).ShouldRefuseAsync("segment");
        await (await app.PostJobAsync(colleague, new { kind = "deactivate", filter = new { segment = segment.SegmentId() } })).ShouldRefuseAsync("filter.segment");
    }

    [Fact]
    public async Task Segment_of_another_organization_does_not_exist()
    {
        var segment = await app.CreateSegmentAsync(await app.SomeStaffAsync(), "Ours alone", "tag:a");
        var other = await app.StaffOfNewOrganizationAsync();
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Segments}{segment.SegmentId()}", other)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}find?segment={segment.SegmentId()}", other)).ShouldRefuseAsync("segment");
        Assert.Empty((await (await app.Customers.SendAsync(HttpMethod.Get, Segments, other)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray());
    }

    [Fact]
    public async Task Customers_and_anonymous_callers_have_no_segments_and_keys_need_a_scope()
    {
        await (await app.Customers.SendAsync(HttpMethod.Get, Segments, await app.RegisterAsync())).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.PostSegmentAsync(null, "x", "tag:a")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var reader = ("X-Api-Key", await app.ApiKeyAsync(null, Scopes.ReadCustomers));
        var writer = ("X-Api-Key", await app.ApiKeyAsync(null, Scopes.WriteCustomers));
        await (await app.Customers.SendAsync(HttpMethod.Get, Segments, null, null, reader)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PostSegmentAsync(null, "Of a key", "tag:a", false, reader)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.PostSegmentAsync(null, "Of a key", "tag:a", true, writer)).ShouldRefuseAsync("is_private");
        await (await app.PostSegmentAsync(null, "Of a key", "tag:a", false, writer)).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Changes_need_the_version_that_was_read_and_deleting_ends_it()
    {
        var staff = await app.SomeStaffAsync();
        var segment = await app.CreateSegmentAsync(staff, "Changing", "tag:a");
        var path = $"{Segments}{segment.SegmentId()}";

        var changed = await (await app.Customers.SendAsync(HttpMethod.Patch, path, staff, new { filter = "tag:b" }, ("If-Match", "\"1\""))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Changing", "tag:b", 2), (changed.Text("name"), changed.Text("filter"), changed.GetProperty("version").GetInt32()));
        await (await app.Customers.SendAsync(HttpMethod.Patch, path, staff, new { filter = "tag:c" }, ("If-Match", "\"1\""))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        await (await app.Customers.SendAsync(HttpMethod.Patch, path, staff, new { filter = "citty:c", name = " " })).ShouldRefuseAsync("filter", "name");
        await app.CreateSegmentAsync(staff, "Taken", "tag:a");
        await (await app.Customers.SendAsync(HttpMethod.Patch, path, staff, new { name = "TAKEN" })).ShouldBeAsync(HttpStatusCode.BadRequest);

        await (await app.Customers.SendAsync(HttpMethod.Delete, path, staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Delete, path, staff)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(null, "tag:a", "name")]
    [InlineData("  ", "tag:a", "name")]
    [InlineData("x", null, "filter")]
    [InlineData("x", "  ", "filter")]
    [InlineData("x", "-", "filter")]
    [InlineData("x\ny", "is:happy", "name", "filter")]
    public async Task Wrong_segment_is_refused_with_its_fields(string? name, string? filter, params string[] fields) =>
        await (await app.PostSegmentAsync(await app.SomeStaffAsync(), name, filter)).ShouldRefuseAsync(fields);

    [Fact]
    public async Task Of_many_who_create_one_name_at_once_one_succeeds()
    {
        var staff = await app.SomeStaffAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => app.PostSegmentAsync(staff, number % 2 == 0 ? "Race" : "RACE", "tag:a")));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.Created), answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
    }

    [Fact]
    public async Task Of_many_who_take_one_name_at_once_one_succeeds()
    {
        var staff = await app.SomeStaffAsync();
        var segments = new List<JsonElement>();
        for (var number = 0; number < 8; number++)
        {
            segments.Add(await app.CreateSegmentAsync(staff, $"Before the race {number}", "tag:a"));
        }

        var answers = await Task.WhenAll(segments.Select(
            segment => app.Customers.SendAsync(HttpMethod.Patch, $"{Segments}{segment.SegmentId()}", staff, new { name = "After the race" })));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Number_of_segments_is_limited_also_for_those_who_come_together()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        for (var number = 1; number < Segment.MaxCount; number++)
        {
            await app.CreateSegmentAsync(staff, $"No {number}", "tag:a", isPrivate: true);
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => app.PostSegmentAsync(staff, $"Last {number}", "tag:a", isPrivate: true)));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        await app.CreateSegmentAsync(staff, "Of the organization", "tag:a");
    }

    [Fact]
    public async Task Job_takes_filter_and_segment_as_they_are_when_it_is_made()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 3);
        await (await app.PutCustomerAsync(staff, customers[0].Id(), new { city = "Oslo" })).ShouldBeAsync(HttpStatusCode.OK);
        var segment = await app.CreateSegmentAsync(staff, $"Of {tag}", $"tag:{tag}");

        var job = await app.PreviewAsync(staff, new { kind = "add_tags", filter = new { segment = segment.SegmentId(), filter = "-city:oslo" }, changes = new { tags = "new" } });
        Assert.Equal((2, $"tag:{tag} -city:oslo"), (job.Figure("total"), job.GetProperty("filter").Text("filter")));

        // Nobody else comes into the job, and who no longer matches is left out.
        await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Segments}{segment.SegmentId()}", staff, new { filter = "is:active" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PutCustomerAsync(staff, customers[1].Id(), new { city = "Oslo" })).ShouldBeAsync(HttpStatusCode.OK);
        var applied = await app.ApplyAsync(staff, job);
        Assert.Equal((1, 1), (applied.Figure("changed"), applied.Figure("skipped")));
    }

    [Theory]
    [InlineData("""{"filter": "citty:x"}""", "filter.filter")]
    [InlineData("""{"filter": "\"\""}""", "filter.filter")]
    [InlineData("""{"segment": "0198c0de-7777-7000-8000-000000000009"}""", "filter.segment")]
    public async Task Job_with_a_wrong_filter_is_refused_instead_of_taking_everybody(string filter, string field) =>
        await (await app.PostJobAsync(await app.AdminAsync(), Raw($$"""{"kind": "deactivate", "filter": {{filter}}}"""))).ShouldRefuseAsync(field);

    [Fact]
    public async Task Erasing_a_customer_deletes_segments_that_name_them()
    {
        var staff = await app.AdminAsync();
        var body = JohnDoe();
        (body["first_name"], body["last_name"], body["phone"]) = ("Zacharias", "Zimmermann", "+49 30 98765432");
        var customer = await app.CreateCustomerAsync(staff, body);
        string[] naming = [$"email:{body["email"]}", $"id:{customer.Id()}", "030-987 654 32", "zacharias zimmermann", $"first_name:zacharias last_name:ZIMMERMANN"];
        string[] others = ["tag:premium", "zacharias", "city:harare"];
        foreach (var filter in naming.Concat(others))
        {
            await app.CreateSegmentAsync(staff, $"Erasure {filter}"[..Math.Min(filter.Length + 8, 90)], filter);
        }

        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{customer.Id()}/hard", staff)).ShouldBeAsync(HttpStatusCode.OK);

        var left = (await (await app.Customers.SendAsync(HttpMethod.Get, Segments, staff)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray()
            .Select(segment => segment.Text("filter")).ToList();
        Assert.All(naming, filter => Assert.DoesNotContain(filter, left));
        Assert.All(others, filter => Assert.Contains(filter, left));
    }

    private async Task<JsonElement> ListAsync(Person who, string name)
    {
        var segments = await (await app.Customers.SendAsync(HttpMethod.Get, Segments, who)).ShouldBeAsync(HttpStatusCode.OK);
        return segments.EnumerateArray().Single(segment => segment.Text("name") == name);
    }

    private Task<string[]> GetAsync(string path, Person who) => app.Customers.SendAsync(HttpMethod.Get, path, who).NamesAsync();
}
