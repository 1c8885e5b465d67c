using Microsoft.Extensions.DependencyInjection;
using Patron.Erp.Runs;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.OdooStandIn.Company;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Sync;

/// <summary>The sync of a whole company (source 4, 'Customer Sync Script'; contract, 'Sync').</summary>
public sealed class SyncFiguresTests(TestDatabase database)
{
    [Theory]
    [InlineData(ErpKind.Odoo, 17)]
    [InlineData(ErpKind.Odoo, 19)]
    [InlineData(ErpKind.Csv, 17)]
    public async Task Five_hundred_partners_become_customers_and_a_second_run_changes_nothing(ErpKind erp, int version)
    {
        await using var world = await SyncWorld.StartAsync(database, erp, StandInCompany.Typical(version));
        var first = await world.SyncAsync();
        Assert.Equal(world.Company.Ids().Count, first.Total);
        Assert.Equal((0, 0, 0), (first.Updated, first.Unchanged, first.Errors));
        Assert.Equal(72, first.Skipped["child_contact"]);
        Assert.Equal(5, first.Skipped["internal_user"]);
        Assert.Equal(192, first.Conflicts);
        Assert.Equal(first.Created, first.Customers.Total);
        Assert.Equal(first.Created, first.Customers.Linked);
        Assert.Equal(0, first.Customers.WithPassword);
        Assert.Equal(first.Customers.Total, first.Customers.Companies + first.Customers.Individuals);

        var entries = await world.AccountsSqlAsync<long>("SELECT count(*) FROM shared.audit_entries");
        var versions = await world.CustomersSqlAsync<decimal>("SELECT sum(version) FROM customers.customers");
        foreach (var full in new[] { false, true })
        {
            var again = await world.SyncAsync(full);
            Assert.Equal((first.Total, 0L, 0L, first.Created, first.Conflicts), (again.Total, again.Created, again.Updated, again.Unchanged, again.Conflicts));
            Assert.Equal(first.Skipped, again.Skipped);
        }

        Assert.Equal(entries, await world.AccountsSqlAsync<long>("SELECT count(*) FROM shared.audit_entries"));
        Assert.Equal(versions, await world.CustomersSqlAsync<decimal>("SELECT sum(version) FROM customers.customers"));
    }

    [Theory]
    [InlineData(ErpKind.Odoo)]
    [InlineData(ErpKind.Csv)]
    public async Task Preview_predicts_the_figures_and_writes_nothing(ErpKind erp)
    {
        await using var world = await SyncWorld.StartAsync(database, erp, StandInCompany.Typical(), [.. erp == ErpKind.Odoo ? new[] { ("Odoo:PageSize", "100") } : []]);
        var predicted = await world.PreviewAsync();
        Assert.Equal(0, await world.CountCustomersAsync());
        Assert.Equal(0, await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.partners"));
        Assert.Equal(0, await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.runs"));

        var done = await world.SyncAsync();
        Assert.Equal(
            (done.Total, done.Created, done.Updated, done.Unchanged, done.Conflicts, done.Errors),
            (predicted.Total, predicted.Created, predicted.Updated, predicted.Unchanged, predicted.Conflicts, predicted.Errors));
        Assert.Equal(done.Skipped, predicted.Skipped);
        Assert.Equal(done.Warnings, predicted.Warnings);
    }

    [Fact]
    public async Task Preview_predicts_the_free_address_of_a_gone_partner()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var first = world.Company.AddPartner("First", "one@x.example");
        var second = world.Company.AddPartner("Second", "one@x.example");
        await world.SyncAsync();
        world.Company.Delete(first);
        var predicted = await world.PreviewAsync();
        var done = await world.SyncAsync(full: true);
        Assert.Equal((1, 0, 1), (done.Created, done.Conflicts, done.Gone));
        Assert.Equal((done.Created, done.Conflicts, done.Gone), (predicted.Created, predicted.Conflicts, predicted.Gone));
        Assert.Equal("current", await world.StateOfAsync(second));
    }

    [Theory]
    [InlineData(ErpKind.Odoo)]
    [InlineData(ErpKind.Csv)]
    public async Task Long_phone_and_names_in_any_script_are_stored_and_reported(ErpKind erp)
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var phone = "+263 77 000 0001 / +263 77 000 0002 / +263 77 000 0003 (ask for the accountant)";
        var name = "ООО «Ромашка» 株式会社 شركة <b>\"100%\"</b>'; DROP TABLE customers;--\ttab";
        var partner = world.Company.AddPartner(name, "\"Ромашка, Inc.\" <Info@Romashka.Example>, other@romashka.example", ("phone", phone), ("is_company", true));
        var figures = await world.SyncAsync();
        Assert.Equal([($"{partner}", "name, phone")], figures.Warnings.Select(note => (note.PartnerId, note.Reason)));

        var customer = await world.CustomerOfAsync(partner);
        Assert.Equal((name, phone, "Info@Romashka.Example", "company"), (customer.Text("name"), customer.Text("phone"), customer.Email(), customer.Text("customer_type")));
        Assert.Equal(("", ""), (customer.Text("first_name"), customer.Text("last_name")));
    }

    [Fact]
    public async Task Placeholder_tax_id_is_ignored_and_the_language_is_stored()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var none = world.Company.AddPartner("None", "none@x.example", ("vat", "/"), ("lang", "de_DE"));
        var some = world.Company.AddPartner("Some", "some@x.example", ("vat", "ZW/1"), ("lang", null));
        await world.SyncAsync();
        Assert.Equal((null, "ZW/1"), ((await world.CustomerOfAsync(none)).Said("tax_id"), (await world.CustomerOfAsync(some)).Text("tax_id")));
        const string Kept = "SELECT facts::jsonb ->> 'language' FROM erp.partners WHERE external_id = $1::text";
        Assert.Equal("de-DE", await world.CustomersSqlAsync<string>(Kept, none));

        world.Company.Change(none, ("lang", "fr_FR"));
        Assert.Equal(0, (await world.SyncAsync()).Updated); // The language is not a field of the customer.
        Assert.Equal("fr-FR", await world.CustomersSqlAsync<string>(Kept, none));
    }

    [Fact]
    public async Task Value_refused_by_the_database_is_reported_and_the_others_are_imported()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var before = world.Company.AddPartner("Before", "before@x.example");
        var endless = world.Company.AddPartner("Endless", "endless@x.example", ("city", new string('x', 2000) + Random.Shared.Next()), ("ref", string.Concat(Enumerable.Range(0, 900).Select(_ => Guid.NewGuid()))));
        var bad = world.Company.AddPartner("Bad", "bad@x.example", ("city", string.Concat(Enumerable.Range(0, 900).Select(_ => Guid.NewGuid().ToString("N")))));
        var after = world.Company.AddPartner("After", "after@x.example");
        var figures = await world.SyncAsync();
        Assert.Equal(3, figures.Created);
        Assert.Equal([$"{bad}"], figures.Failed.Select(note => note.PartnerId));
        Assert.DoesNotContain("-", figures.Failed[0].Reason.Replace("e-mail", "", StringComparison.Ordinal));
        foreach (var partner in new[] { before, endless, after })
        {
            Assert.Equal("current", await world.StateOfAsync(partner));
        }

        world.Company.Change(bad, ("city", "Harare"));
        Assert.Equal((1, 0), ((await world.SyncAsync()) is var healed ? (int)healed.Created : 0, (int)healed.Errors));
    }

    [Fact]
    public async Task Dry_run_in_the_background_shows_its_figures_and_writes_nothing()
    {
        await using var world = await SyncWorld.StartAsync(database, StandInCompany.Typical());
        var previews = world.Accounts.Services.GetRequiredService<StartSyncPreview>();
        var admin = Caller.System(world.Home());
        Assert.Null(previews.FindLast(admin));
        Assert.Equal(previews.Handle(admin).Value.StartedAt, previews.Handle(admin).Value.StartedAt);
        await Eventually.BecomeTrueAsync(() => Task.FromResult(previews.FindLast(admin)?.EndedAt is not null));

        Assert.Equal(world.Company.Ids().Count, previews.FindLast(admin)!.Figures!.Total);
        Assert.Equal(0, await world.CountCustomersAsync());
        var staff = admin with { IsAdmin = false };
        Assert.Equal("admin_required", previews.Handle(staff).Error?.Code);
        Assert.Null(previews.FindLast(staff));
        await using var scope = world.Accounts.Services.CreateAsyncScope();
        var setup = scope.ServiceProvider.GetRequiredService<ReadSyncSetup>();
        Assert.Equal("Odoo", setup.Handle(admin).Value.Erp);
        Assert.Contains("address", setup.Handle(admin).Value.OwnedFields);
        Assert.Equal("admin_required", setup.Handle(staff).Error?.Code);
    }
}
