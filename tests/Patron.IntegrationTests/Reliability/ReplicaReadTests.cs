using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Customers.Filters;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

/// <summary>Lists, searches and statistics are read from a replica, and callers can read their own writes (decision 0024).</summary>
[Collection(nameof(SeveralServers))]
public sealed class ReplicaReadTests(ReplicaWorld world, TestDatabase databases) : IClassFixture<ReplicaWorld>
{
    private const string Search = CustomerIntents.Api + "search";

    public static TheoryData<string> Reads =>
    [
        CustomerIntents.Api, CustomerIntents.Api + "find", CustomerIntents.Api + "find?filter=city:harare", CustomerIntents.Api + "quick?text=john", CustomerIntents.Api + "tags/premium",
        CustomerIntents.Api + "location/search?city=Harare", CustomerIntents.Api + "available/cities", CustomerIntents.Api + "available/countries",
        CustomerIntents.Api + "filter/suggestions?filter=city:ha", CustomerIntents.Api + "filter/suggestions?filter=tag:pre", CustomerIntents.Api + "statistics/overview",
        "/api/v1/statistics/growth?unit=month&periods=2", FilterIntents.Segments, "/api/v1/audit?action=customer.created", "/api/customers",
    ];

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Replica_answers_and_own_write_is_included_with_its_position(string path)
    {
        var staff = await world.StaffOfNewOrganizationAsync();
        await world.CreateSegmentAsync(staff, "In Harare", "city:harare");
        var empty = await TextAsync(staff, path);

        await world.WhilePausedAsync(async () =>
        {
            var position = await world.WriteAsync(staff, InHarare());

            Assert.Equal(empty, await TextAsync(staff, path));
            Assert.NotEqual(empty, await TextAsync(staff, path, position));
        });
        Assert.NotEqual(empty, await TextAsync(staff, path));
    }

    [Fact]
    public async Task Search_includes_created_changed_and_repeated_writes_with_their_position()
    {
        var staff = await world.StaffOfNewOrganizationAsync();
        await world.WhilePausedAsync(async () =>
        {
            using var created = await world.PostCustomerAsync(staff, CustomerIntents.JohnDoe("first@tests.example"), ("Idempotency-Key", "one"));
            var id = (await created.ShouldBeAsync(HttpStatusCode.Created)).Id();
            Assert.Equal(0, await CountAsync(staff, "first@"));
            Assert.Equal(1, await CountAsync(staff, "first@", ReplicaWorld.PositionOf(created)));

            using var repeated = await world.PostCustomerAsync(staff, CustomerIntents.JohnDoe("first@tests.example"), ("Idempotency-Key", "one"));
            Assert.Equal(1, await CountAsync(staff, "first@", ReplicaWorld.PositionOf(repeated)));

            using var changed = await world.PutCustomerAsync(staff, id, new { company_name = "Harare Traders" });
            await changed.ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(1, await CountAsync(staff, "harare traders", ReplicaWorld.PositionOf(changed)));
            Assert.Equal(0, await CountAsync(staff, "harare traders"));

            // A record by its identifier is always that of the primary.
            Assert.Equal("Harare Traders", (await world.ReadCustomerAsync(staff, id)).Text("company_name"));
        });
    }

    [Fact]
    public async Task Refused_writes_and_reads_answer_no_position()
    {
        var staff = await world.StaffOfNewOrganizationAsync();
        using var refused = await world.PostCustomerAsync(staff, new { first_name = "" });
        using var read = await world.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff);

        Assert.False(refused.Headers.Contains(ReplicaWorld.Position));
        Assert.False(read.Headers.Contains(ReplicaWorld.Position));
    }

    [Fact]
    public async Task Read_without_position_is_soon_answered_by_the_primary_while_the_replica_stands_still()
    {
        var staff = await world.StaffOfNewOrganizationAsync();
        await world.WhilePausedAsync(async () =>
        {
            await world.WriteAsync(staff);
            var written = Stopwatch.StartNew();
            await Eventually.BecomeTrueAsync(async () =>
            {
                var asked = written.Elapsed;
                var found = await (await world.Prompt.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff)).ShouldBeAsync(HttpStatusCode.OK);
                Assert.True(found.GetArrayLength() == 1 || asked < TimeSpan.FromSeconds(2), $"The list was older than two seconds, {asked} after the write.");
                return found.GetArrayLength() == 1;
            });
            Assert.Equal(0, (await world.ReadAsync(staff, CustomerIntents.Api)).GetArrayLength());
        });
    }

    [Theory]
    [InlineData(CustomerIntents.Api + "?limit=2")]
    [InlineData(CustomerIntents.Api + "find?limit=2&order=code")]
    [InlineData("/api/v1/audit?limit=2&action=customer.created")]
    public async Task Next_page_is_not_older_than_the_one_before(string path)
    {
        var staff = await world.StaffOfNewOrganizationAsync();
        await world.WhilePausedAsync(async () =>
        {
            await world.WriteAsync(staff);
            await world.WriteAsync(staff);
            var position = await world.WriteAsync(staff);
            using var first = await world.Customers.SendAsync(HttpMethod.Get, path, staff, null, position);
            await first.ShouldBeAsync(HttpStatusCode.OK);
            var next = Assert.Single(first.Headers.GetValues("Link")).Split('<', '>')[1];

            Assert.NotEqual(0, (await world.ReadAsync(staff, next)).GetArrayLength());
            Assert.Equal(0, (await world.ReadAsync(staff, next.Split("&position=")[0])).GetArrayLength());
            Assert.Equal(0, (await world.ReadAsync(staff, path)).GetArrayLength());
        });
    }

    [Fact]
    public async Task Browser_that_has_written_finds_it_in_the_list()
    {
        var person = await world.StaffAsync();
        using var browser = await PageClient.SignInAsync(world, person);
        await world.WhilePausedAsync(async () =>
        {
            using var written = await browser.PostAsync("/console/1/customers/new", "/console/1/customers/new", [("first_name", "Tatenda"), ("last_name", "Replica"), ("customer_type", "individual")]);
            Assert.Equal(HttpStatusCode.SeeOther, written.StatusCode);
            Assert.Contains(written.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("position=", StringComparison.Ordinal) && cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase));

            using var list = await browser.GetAsync("/console/1/customers?q=tatenda");
            Assert.Contains("Tatenda Replica", await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await CountAsync(person, "tatenda"));
        });
    }

    [Fact]
    public async Task Revoked_session_is_refused_within_a_second_whatever_the_lag()
    {
        var staff = await world.StaffAsync();
        await world.WhilePausedAsync(async () =>
        {
            await (await world.Prompt.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff)).ShouldBeAsync(HttpStatusCode.OK);
            await (await world.Accounts.SendAsync(HttpMethod.Post, "/api/auth/logout/", staff, new { refresh = staff.Refresh })).ShouldBeAsync(HttpStatusCode.NoContent);
            var revoked = Stopwatch.StartNew();
            await Eventually.BecomeTrueAsync(async () =>
            {
                var asked = revoked.Elapsed;
                using var answer = await world.Prompt.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff);
                Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized || asked < TimeSpan.FromSeconds(1), $"It was served {asked} after its end.");
                return answer.StatusCode == HttpStatusCode.Unauthorized;
            });
        });
    }

    [Fact]
    public async Task Transactions_and_background_services_read_from_the_primary()
    {
        await using var scope = world.Accounts.Services.CreateAsyncScope();
        var session = scope.ServiceProvider.GetRequiredService<DatabaseSession>();
        Assert.True(await ReplicaWorld.IsReplicaAsync(session));
        await using (await session.BeginAsync(CancellationToken.None))
        {
            Assert.False(await ReplicaWorld.IsReplicaAsync(session));
        }

        await using (session.Enclose(_ => Task.CompletedTask))
        {
            Assert.False(await ReplicaWorld.IsReplicaAsync(session));
        }

        Assert.True(await ReplicaWorld.IsReplicaAsync(session));
        await using var background = world.Accounts.Services.GetRequiredService<IServiceScopeFactory>().CreateBackgroundScope();
        Assert.False(await ReplicaWorld.IsReplicaAsync(background.ServiceProvider.GetRequiredService<DatabaseSession>()));
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("0/")]
    [InlineData("/16B3748")]
    [InlineData("0/16B3748/1")]
    [InlineData("0/16B37480F")]
    [InlineData("0/16B3748, 0/16B3748")]
    public async Task Malformed_position_is_refused(string position)
    {
        var staff = await world.StaffOfNewOrganizationAsync();
        var refused = await (await world.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff, null, (ReplicaWorld.Position, position))).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal("position_invalid", refused.Text("code"));
        await (await world.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api + "?cursor=1&position=" + Uri.EscapeDataString(position), staff)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Without_the_setting_nothing_is_answered_or_checked()
    {
        await using var plain = await ServerOn.StartAsync(databases, await new OneProcess(databases).CopyOfDatabaseAsync());
        var staff = await plain.SomeStaffAsync();
        using var written = await plain.PostCustomerAsync(staff, CustomerIntents.JohnDoe(), (ReplicaWorld.Position, "yesterday"));

        await written.ShouldBeAsync(HttpStatusCode.Created);
        Assert.False(written.Headers.Contains(ReplicaWorld.Position));
        Assert.Null((await ReplicaWorld.HealthAsync(plain.Accounts)).Reads);
    }

    private static Dictionary<string, object?> InHarare() => new(CustomerIntents.JohnDoe(), StringComparer.Ordinal) { ["city"] = "Harare", ["country"] = "Zimbabwe" };

    private async Task<string> TextAsync(Person staff, string path, params (string Name, string Value)[] headers) => (await world.ReadAsync(staff, path, headers)).GetRawText();

    private async Task<int> CountAsync(Person staff, string query, params (string Name, string Value)[] headers)
    {
        var found = await (await world.Customers.SendAsync(HttpMethod.Post, Search, staff, new { query }, headers)).ShouldBeAsync(HttpStatusCode.OK);
        return found.GetProperty("total").GetInt32();
    }
}
