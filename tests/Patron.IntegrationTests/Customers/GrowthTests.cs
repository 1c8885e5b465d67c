using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.Customers.Statistics;
using Patron.IntegrationTests.Activation;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Merges;
using Patron.Shared.Background;
using Patron.Shared.Database;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>The numbers of the staff's start page, compared with a direct count.</summary>
public sealed class GrowthTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly string[] Cities = ["Harare", "Bergen", "Oslo", "Köln", "Lyon", "Bern", "Wien", "Graz", "Rome", "Pisa", "Turin", "Porto", "Lima"];
    private static readonly string?[] Genders = ["male", "female", null];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Growth_is_what_a_direct_count_says_after_changes_merges_and_erasures(int seed)
    {
        var (staff, random) = (await app.StaffOfNewOrganizationAsync(), new Random(seed));
        var organization = await app.AccountsSqlAsync<Guid>("SELECT organization_id FROM accounts.memberships WHERE user_id = $1", staff.Id);
        var ids = new List<string>();
        for (var number = 0; number < 30; number++)
        {
            ids.Add((await app.CreateCustomerAsync(staff, Anybody(random))).Id());
        }

        await app.CustomersSqlAsync<object>(
            "UPDATE customers.customers SET created_at = created_at - (id % 50) * interval '1 day' WHERE organization_id = $1", organization);
        for (var step = 0; step < 25; step++)
        {
            var id = ids[random.Next(ids.Count)];
            switch (random.Next(5))
            {
                case 0:
                    await app.MergeAsync(staff, ids[0] == id ? ids[1] : ids[0], id);
                    ids.Remove(id);
                    break;
                case 1:
                    await (await app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{id}/hard", staff)).ShouldBeAsync(HttpStatusCode.OK);
                    ids.Remove(id);
                    break;
                case 2:
                    await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{id}/verify-email", staff)).ShouldBeAsync(HttpStatusCode.OK);
                    break;
                default:
                    await (await app.PutCustomerAsync(staff, id, new { city = Cities[random.Next(Cities.Length)], gender = Genders[random.Next(2)], date_of_birth = Birth(random) }))
                        .ShouldBeAsync(HttpStatusCode.OK);
                    break;
            }

            if (step == 12)
            {
                await app.Customers.Services.GetRequiredService<Counters>().FoldAsync(CancellationToken.None);
            }
        }

        var growth = await ReadAsync(staff, "growth?unit=day&periods=60");
        Assert.Equal(
            await CountAsync("jsonb_object_agg(day, n)", "SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS n FROM c GROUP BY 1", organization),
            Object(growth.GetProperty("periods").EnumerateArray().Where(one => one.GetProperty("created_customers").GetInt64() > 0)
                .Select(one => (one.Text("start")!, one.GetProperty("created_customers").GetInt64()))));
        var total = long.Parse((await CountAsync("count(*)", "SELECT * FROM c", organization))!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((total, total), (growth.GetProperty("total_customers").GetInt64(), growth.GetProperty("periods")[59].GetProperty("total_customers").GetInt64()));
        Assert.Equal(await CountAsync("count(*)", "SELECT * FROM c WHERE is_verified", organization), growth.GetProperty("verified_customers").ToString());
        Assert.Equal(
            await CountAsync("jsonb_object_agg(gender, n)", "SELECT gender, count(*) AS n FROM c WHERE gender IS NOT NULL GROUP BY 1", organization),
            Object(growth.GetProperty("genders").EnumerateObject().Select(one => (one.Name, one.Value.GetInt64()))));
        Assert.Equal(
            await CountAsync(
                "jsonb_object_agg(age, n)",
                "SELECT (extract(year FROM now())::int - extract(year FROM date_of_birth)::int) / 10 * 10 AS age, count(*) AS n FROM c WHERE date_of_birth IS NOT NULL GROUP BY 1", organization),
            Object(growth.GetProperty("ages").EnumerateArray().Select(one => (one.GetProperty("from_age").ToString(), one.GetProperty("customers").GetInt64()))));
        var cities = growth.GetProperty("cities");
        Assert.Equal(
            await CountAsync("jsonb_object_agg(city, n)", "SELECT city, count(*) AS n FROM c WHERE city IS NOT NULL GROUP BY 1 ORDER BY n DESC, city LIMIT 10", organization),
            Object(cities.GetProperty("top").EnumerateObject().Select(one => (one.Name, one.Value.GetInt64()))));
        Assert.Equal(
            await CountAsync("count(*)", "SELECT * FROM c WHERE city IS NOT NULL", organization),
            $"{cities.GetProperty("top").EnumerateObject().Sum(one => one.Value.GetInt64()) + cities.GetProperty("others").GetInt64()}");
        foreach (var unit in new[] { "week", "month" })
        {
            Assert.Equal(total, (await ReadAsync(staff, $"growth?unit={unit}&periods=12")).GetProperty("periods")[11].GetProperty("total_customers").GetInt64());
        }
    }

    [Fact]
    public async Task Activation_counts_invitations_and_sign_ins()
    {
        var staff = await app.StaffAsync();
        var before = await ReadAsync(staff, "activation");
        var person = await app.RegisterAsync();
        await app.SignInAsync(person.Email);
        var (customer, _) = await app.WaitingCustomerAsync();
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET erp_source = 'odoo', erp_id = '900001' WHERE customer_id = $1", customer.Id());
        await app.AccountsSqlAsync<object>(
            "INSERT INTO accounts.activation_invitations (customer_uid, invited_at) SELECT uid, now() FROM customers.customers WHERE customer_id = $1", customer.Id());
        await app.AccountsSqlAsync<object>("UPDATE accounts.activation_invitations SET mails = 1, last_mailed_at = now()");

        var after = await ReadAsync(staff, "activation");
        Assert.Equal((1, 1, 0, 1, 2), (Added("synced"), Added("invited"), Added("came"), Added("active"), Today(after) - Today(before)));
        await app.AccountsSqlAsync<object>("UPDATE accounts.activation_invitations SET came_at = now()");
        await app.CustomersSqlAsync<object>(
            "UPDATE customers.customers SET user_id = $2, link_evidence = 'staff', linked_at = now() WHERE customer_id = $1", customer.Id(), person.Id);
        await app.Accounts.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single().DeleteExpiredAsync(CancellationToken.None);
        after = await ReadAsync(staff, "activation");
        Assert.Equal((1, 1, 1, 1), (Added("synced"), Added("linked"), Added("invited"), Added("came")));
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM (SELECT FROM accounts.figures GROUP BY name, day HAVING count(*) > 1) many"));
        Assert.Equal(await app.AccountsSqlAsync<long>("SELECT count(DISTINCT user_id) FROM accounts.sessions"), after.GetProperty("active").GetInt64());

        long Added(string name) => after.GetProperty(name).GetInt64() - before.GetProperty(name).GetInt64();
        static long Today(JsonElement figures) => figures.GetProperty("sign_ins_by_day")[29].GetProperty("sign_ins").GetInt64();
    }

    [Fact]
    public async Task New_dimensions_of_older_customers_are_counted_in_the_background()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        await app.CreateCustomerAsync(staff);
        await app.Customers.Services.GetRequiredService<Counters>().FoldAsync(CancellationToken.None);
        await app.CustomersSqlAsync<object>("DELETE FROM customers.counters WHERE dimension IN ('birth_year', 'link')");
        Assert.Equal(0, (await ReadAsync(staff, "growth")).GetProperty("ages").GetArrayLength());

        var migration = app.Customers.Services.GetServices<BackgroundMigration>().Single(one => one.Name == "customers.growth_counters");
        await Eventually.BecomeTrueAsync(async () => await migration.Next(app.Customers.Services, null, CancellationToken.None) is null);
        Assert.Equal(1, (await ReadAsync(staff, "growth")).GetProperty("ages").GetArrayLength());
    }

    [Fact]
    public async Task Figures_are_for_staff_only()
    {
        var (person, other) = (await app.RegisterAsync(), await app.StaffOfNewOrganizationAsync());
        foreach (var path in new[] { "growth", "activation", "sync" })
        {
            await (await app.Customers.SendAsync(HttpMethod.Get, $"/api/v1/statistics/{path}")).ShouldBeAsync(HttpStatusCode.Unauthorized);
            await (await app.Customers.SendAsync(HttpMethod.Get, $"/api/v1/statistics/{path}", person)).ShouldBeAsync(HttpStatusCode.Forbidden);
            await (await app.Customers.SendAsync(HttpMethod.Get, $"/api/v1/statistics/{path}", other))
                .ShouldBeAsync(path == "growth" ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        }

        Assert.Equal(0, (await ReadAsync(await app.SomeStaffAsync(), "sync")).GetProperty("data").GetArrayLength());
        await (await app.Customers.SendAsync(HttpMethod.Get, "/api/v1/statistics/growth?periods=0", other)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        await (await app.Customers.SendAsync(HttpMethod.Get, "/api/v1/statistics/growth?unit=year", other)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
    }

    private Task<string?> CountAsync(string figure, string of, Guid organization) => app.CustomersSqlAsync<string>(
        $"WITH c AS (SELECT * FROM customers.customers WHERE organization_id = $1) SELECT ({figure})::text FROM ({of}) counted", organization);

    // As PostgreSQL writes an object: shorter keys first.
    private static string Object(IEnumerable<(string Key, long Value)> values) => "{" + string.Join(
        ", ", values.OrderBy(one => System.Text.Encoding.UTF8.GetByteCount(one.Key)).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => $"\"{one.Key}\": {one.Value}")) + "}";

    private static Dictionary<string, object?> Anybody(Random random) => new(JohnDoe(), StringComparer.Ordinal)
    {
        ["city"] = Cities[random.Next(Cities.Length)], ["gender"] = Genders[random.Next(Genders.Length)], ["date_of_birth"] = random.Next(3) == 0 ? null : Birth(random),
    };

    private static string Birth(Random random) => new DateOnly(1940 + random.Next(70), 1 + random.Next(12), 1 + random.Next(28)).ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<JsonElement> ReadAsync(Person staff, string path) =>
        await (await app.Customers.SendAsync(HttpMethod.Get, $"/api/v1/statistics/{path}", staff)).ShouldBeAsync(HttpStatusCode.OK);
}
