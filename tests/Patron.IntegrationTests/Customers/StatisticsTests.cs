using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.Customers.Statistics;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Background;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Statistics: the printed figures, and the counters behind them after any writes.</summary>
public sealed class StatisticsTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly string?[] Cities = ["Harare", "Bulawayo", "Paris", null];
    private static readonly string?[] Countries = ["Zimbabwe", "France", null];
    private static readonly string?[] Genders = ["female", "male", null];
    private static readonly string?[] Births = ["1980-02-29", "2001-12-31", null];

    [Fact]
    public async Task Organization_without_customers_has_zero_statistics()
    {
        var figures = await ReadAsync(await app.StaffOfNewOrganizationAsync());
        Assert.Equal(
            """{"total_customers":0,"active_customers":0,"verified_customers":0,"new_customers_today":0,"new_customers_this_week":0,"new_customers_this_month":0,"customers_by_country":{},"customers_by_city":{},"average_customer_age":null,"gender_distribution":{}}""",
            figures.GetRawText());
    }

    [Fact]
    public async Task Every_write_is_visible_in_the_statistics()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var first = await app.CreateCustomerAsync(staff, With("New York", "USA", "male", "1990-01-15"));
        var second = await app.CreateCustomerAsync(staff, With("New York", "USA", "female", "2000-01-15"));
        var third = await app.CreateCustomerAsync(staff, With("Paris", "France", "female", null));
        await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{first.Id()}/verify-phone", staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + second.Id(), staff)).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldCountAsync(
            staff, "3 customers, 2 active, 1 verified, USA=2 France=1, New York=2 Paris=1, female=2 male=1", [new(1990, 1, 15), new(2000, 1, 15)]);

        await (await app.PutCustomerAsync(staff, third.Id(), new { city = "Lyon", gender = (string?)null, date_of_birth = "1970-06-01" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{first.Id()}/hard", staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{Api}{second.Id()}/restore", staff)).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldCountAsync(staff, "2 customers, 2 active, 0 verified, France=1 USA=1, Lyon=1 New York=1, female=1", [new(1970, 6, 1), new(2000, 1, 15)]);
    }

    [Fact]
    public async Task Spellings_of_a_country_are_one_country()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        string[] spellings = ["DE", "Germany", "Deutschland", "germany ", "DEU", "Bundesrepublik Deutschland"];
        foreach (var spelling in spellings)
        {
            var made = await app.CreateCustomerAsync(staff, With("Köln", spelling, "female", null));
            Assert.Equal((spelling.Trim(), "DE"), (made.Text("country"), made.Text("country_code")));
        }

        await app.CreateCustomerAsync(staff, With("Nowhere", "Narnia", "female", null));
        var figures = await ReadAsync(staff);
        Assert.Equal("""{"Germany":6,"Narnia":1}""", figures.GetProperty("customers_by_country").GetRawText());
        Assert.Equal("""["Germany","Narnia"]""", await ReadRawAsync(staff, "available/countries"));
        foreach (var filter in spellings.Append("Allemagne"))
        {
            Assert.Equal("""["Köln"]""", await ReadRawAsync(staff, "available/cities?country=" + Uri.EscapeDataString(filter)));
            Assert.Equal(6, JsonDocument.Parse(await ReadRawAsync(staff, "location/search?country=" + Uri.EscapeDataString(filter))).RootElement.GetArrayLength());
            var found = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { country = filter })).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(6, found.GetProperty("total").GetInt32());
        }

        Assert.Equal(1, JsonDocument.Parse(await ReadRawAsync(staff, "location/search?country=narnia")).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Codes_of_older_rows_are_derived_again_in_the_background()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var customer = await app.CreateCustomerAsync(staff, With("Köln", "Deutschland", null, null));
        var unknown = await app.CreateCustomerAsync(staff, With("Nowhere", "Narnia", null, null));
        await app.AddAddressAsync(staff, customer.Id(), new { country = "Österreich" });
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET country_code = NULL; UPDATE customers.addresses SET country_code = NULL");
        await app.CustomersSqlAsync<object>("DELETE FROM shared.background_migrations WHERE name LIKE '%country_codes'");

        await app.Customers.Services.GetRequiredService<CompletedMigrations>().ReadAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomeTrueAsync(async () =>
        {
            await app.Customers.Services.GetServices<IHostedService>().OfType<BackgroundMigrator>().Single().RunAsync(TestContext.Current.CancellationToken);
            return await app.CustomersSqlAsync<long>("SELECT count(*) FROM shared.background_migrations WHERE name LIKE '%country_codes' AND finished_at IS NOT NULL") == 2;
        });

        Assert.Equal("DE", (await app.ReadCustomerAsync(staff, customer.Id())).Text("country_code"));
        Assert.Null((await app.ReadCustomerAsync(staff, unknown.Id())).Text("country_code"));
        Assert.Equal("AT", await app.CustomersSqlAsync<string>("SELECT country_code FROM customers.addresses WHERE country = 'Österreich'"));
    }

    [Fact]
    public async Task Weeks_start_on_Monday_and_days_end_at_midnight_UTC()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var today = DateTimeOffset.UtcNow.UtcDateTime.Date;
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        var month = new DateTime(today.Year, today.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        var times = new[] { today, today.AddTicks(-10), monday, monday.AddTicks(-10), month, month.AddTicks(-10) };
        foreach (var time in times)
        {
            var created = await app.CreateCustomerAsync(staff);
            await app.CustomersSqlAsync<object>("UPDATE customers.customers SET created_at = $1 WHERE customer_id = $2", time, created.Id());
        }

        var figures = await ReadAsync(staff);
        Assert.Equal(times.Count(time => time >= today), figures.GetProperty("new_customers_today").GetInt32());
        Assert.Equal(times.Count(time => time >= monday), figures.GetProperty("new_customers_this_week").GetInt32());
        Assert.Equal(times.Count(time => time >= month), figures.GetProperty("new_customers_this_month").GetInt32());
    }

    [Fact]
    public async Task Only_the_hundred_largest_cities_are_listed()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        for (var number = 0; number < 102; number++)
        {
            await app.CreateCustomerAsync(staff, With($"City {number % 101:D3}", "USA", null, null));
        }

        var cities = (await ReadAsync(staff)).GetProperty("customers_by_city").EnumerateObject().ToList();
        Assert.Equal((100, "City 000", 2), (cities.Count, cities[0].Name, cities[0].Value.GetInt32()));
    }

    [Fact]
    public async Task Statistics_are_for_staff_only()
    {
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + "statistics/overview", await app.RegisterAsync())).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + "statistics/overview")).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Counters_match_a_recount_after_concurrent_writes(int seed)
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var ids = new List<string>();
        for (var number = 0; number < 12; number++)
        {
            ids.Add((await app.CreateCustomerAsync(staff, Anybody(new Random(seed + number)))).Id());
        }

        // Writers conflict on the same few records, while counters are folded and statistics are read.
        var counters = app.Customers.Services.GetRequiredService<Counters>();
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, 6).Select(writer => WriteAsync(staff, ids, new Random((seed * 100) + writer))),
            FoldAsync(counters), ReadManyAsync(staff),
        ]);

        Assert.Equal(0, await app.CustomersSqlAsync<long>(Difference));
        var figures = await ReadAsync(staff);
        Assert.Equal(
            await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE organization_id = (SELECT organization_id FROM customers.customers WHERE customer_id = ANY ($1) LIMIT 1)", (object)ids.ToArray()),
            figures.GetProperty("total_customers").GetInt64());
        Assert.Equal(0, await counters.RecountAsync(CancellationToken.None) ?? 0);
    }

    [Fact]
    public async Task Statements_that_write_many_rows_are_counted()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        for (var number = 0; number < 5; number++)
        {
            await app.CreateCustomerAsync(staff, With("Harare", "Zimbabwe", "male", "1980-02-29"));
        }

        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET city = 'Gweru', date_of_birth = date_of_birth + 1 WHERE city = 'Harare'");
        Assert.Equal(0, await app.CustomersSqlAsync<long>(Difference));
        await app.CustomersSqlAsync<object>("DELETE FROM customers.customers WHERE city = 'Gweru'");
        Assert.Equal(0, await app.CustomersSqlAsync<long>(Difference));
        Assert.Equal(0, (await ReadAsync(staff)).GetProperty("total_customers").GetInt32());
    }

    [Fact]
    public async Task Recount_corrects_and_reports_wrong_counters()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        await app.CreateCustomerAsync(staff, With("Mutare", "Zimbabwe", null, null));
        var counters = app.Customers.Services.GetRequiredService<Counters>();
        await counters.FoldAsync(CancellationToken.None);
        await app.CustomersSqlAsync<object>("UPDATE customers.counters SET customers = customers + 7 WHERE key = 'Mutare'");
        Assert.Equal(8, (await ReadAsync(staff)).GetProperty("customers_by_city").GetProperty("Mutare").GetInt32());

        long? wrong;
        do
        {
            wrong = await counters.RecountAsync(CancellationToken.None); // Null while the server's own maintenance is recounting.
        }
        while (wrong is null);

        Assert.Equal((1, 1), (wrong, (await ReadAsync(staff)).GetProperty("customers_by_city").GetProperty("Mutare").GetInt32()));
    }

    private const string Difference = """
        SELECT count(*) FROM (
            SELECT 1 FROM (
                SELECT organization_id, dimension, within, key, customers, days FROM customers.counted_anew
                UNION ALL SELECT organization_id, dimension, within, key, -customers, -days FROM customers.counted) both_ways
            GROUP BY organization_id, dimension, within, key HAVING sum(customers) <> 0 OR sum(days) <> 0) wrong
        """;

    private async Task<string> ReadRawAsync(Person staff, string path) =>
        (await (await app.Customers.SendAsync(HttpMethod.Get, Api + path, staff)).ShouldBeAsync(HttpStatusCode.OK)).GetRawText();

    private static Dictionary<string, object?> With(string? city, string? country, string? gender, string? birth) => new(JohnDoe(), StringComparer.Ordinal)
    {
        ["city"] = city, ["country"] = country, ["gender"] = gender, ["date_of_birth"] = birth,
    };

    private static Dictionary<string, object?> Anybody(Random random) => With(
        Cities[random.Next(Cities.Length)], Countries[random.Next(Countries.Length)], Genders[random.Next(Genders.Length)], Births[random.Next(Births.Length)]);

    private async Task WriteAsync(Person staff, List<string> ids, Random random)
    {
        for (var step = 0; step < 15; step++)
        {
            var id = ids[random.Next(ids.Count)];
            var response = await (random.Next(8) switch
            {
                0 => app.PostCustomerAsync(staff, Anybody(random)),
                1 => app.Customers.SendAsync(HttpMethod.Delete, Api + id, staff),
                2 => app.Customers.SendAsync(HttpMethod.Post, $"{Api}{id}/restore", staff),
                3 => app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{id}/verify-email", staff),
                4 => app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{id}/hard", staff),
                5 => app.Customers.SendAsync(HttpMethod.Post, Api + "bulk-update", staff, new
                {
                    customer_ids = ids.Where(_ => random.Next(2) == 0).Append(id).ToArray(),
                    updates = new { city = Cities[random.Next(Cities.Length)], gender = Genders[random.Next(Genders.Length)], is_active = random.Next(2) == 0 },
                }),
                _ => app.PutCustomerAsync(staff, id, new { country = Countries[random.Next(Countries.Length)], date_of_birth = Births[random.Next(Births.Length)] }),
            });
            Assert.Contains(response.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.NotFound });
        }
    }

    private static async Task FoldAsync(Counters counters)
    {
        for (var turn = 0; turn < 30; turn++)
        {
            await counters.FoldAsync(CancellationToken.None);
        }
    }

    // The figures of one response are of one moment.
    private async Task ReadManyAsync(Person staff)
    {
        for (var turn = 0; turn < 20; turn++)
        {
            var figures = await ReadAsync(staff);
            var total = figures.GetProperty("total_customers").GetInt32();
            Assert.InRange(figures.GetProperty("active_customers").GetInt32(), 0, total);
            Assert.Equal(total, figures.GetProperty("new_customers_today").GetInt32());
        }
    }

    private async Task ShouldCountAsync(Person staff, string expected, DateOnly[] births)
    {
        var figures = await ReadAsync(staff);
        Assert.Equal(expected, string.Join(
            ", ",
            $"{figures.GetProperty("total_customers")} customers", $"{figures.GetProperty("active_customers")} active", $"{figures.GetProperty("verified_customers")} verified",
            Shares(figures, "customers_by_country"), Shares(figures, "customers_by_city"), Shares(figures, "gender_distribution")));
        var meanAge = births.Average(birth => (DateTime.UtcNow.Date - birth.ToDateTime(TimeOnly.MinValue)).TotalDays) / 365.2425;
        Assert.Equal(meanAge, figures.GetProperty("average_customer_age").GetDouble(), 0.051);
    }

    private static string Shares(JsonElement figures, string name) =>
        string.Join(' ', figures.GetProperty(name).EnumerateObject().Select(share => $"{share.Name}={share.Value}"));

    private async Task<JsonElement> ReadAsync(Person staff) =>
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + "statistics/overview", staff)).ShouldBeAsync(HttpStatusCode.OK);
}
