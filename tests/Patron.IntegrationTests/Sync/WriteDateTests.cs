using Patron.IntegrationTests.Hosting;
using Patron.OdooStandIn.Company;

namespace Patron.IntegrationTests.Sync;

/// <summary>Partners without a write date.</summary>
public sealed class WriteDateTests(TestDatabase database)
{
    [Theory]
    [InlineData(17)]
    [InlineData(19)]
    public async Task Partner_without_a_write_date_is_compared_by_content(int version)
    {
        var company = StandInCompany.Generated(5, version);
        await using var world = await SyncWorld.StartAsync(database, company);
        var migrated = company.AddPartner("Migrated", "migrated@x.example");
        company.ChangeBySql(migrated);
        var first = await world.SyncAsync();
        Assert.Equal((0, "current"), (first.Errors, await world.StateOfAsync(migrated)));
        Assert.Equal(0, (await world.SyncAsync()).Updated);

        company.ChangeBySql(migrated, ("phone", "+263 77 6"));
        Assert.Equal(1, (await world.SyncAsync()).Updated);
        Assert.Equal("+263 77 6", (await world.CustomerOfAsync(migrated)).Said("phone"));
        Assert.Equal(0, await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.partners WHERE external_id = $1::text AND written_at IS NOT NULL", migrated));
    }

    [Fact]
    public async Task Next_run_starts_at_the_latest_write_date()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var dated = world.Company.AddPartner("Dated", "dated@x.example");
        world.Company.ChangeBySql(world.Company.AddPartner("Migrated", "migrated@x.example"));
        await world.SyncAsync();
        await world.SyncAsync();
        Assert.Equal("full, incremental", await world.CustomersSqlAsync<string>("SELECT string_agg(mode, ', ' ORDER BY id) FROM erp.runs"));
        Assert.True(await world.CustomersSqlAsync<bool>(
            "SELECT bool_and(split_part(cursor, ' ', 2)::timestamptz = (SELECT written_at FROM erp.partners WHERE external_id = $1::text)) FROM erp.runs", dated));
    }

    [Fact]
    public async Task Address_in_a_mailto_link_or_sentence_makes_a_customer()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var (linked, ended) = (world.Company.AddPartner("Linked", "mailto:linked@x.example"), world.Company.AddPartner("Ended", "ended@x.example."));
        await world.SyncAsync();
        Assert.Equal("linked@x.example", (await world.CustomerOfAsync(linked)).Email());
        Assert.Equal("ended@x.example", (await world.CustomerOfAsync(ended)).Email());
    }
}
