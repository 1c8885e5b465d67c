using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.Odoo;
using Patron.OdooStandIn.Company;

namespace Patron.IntegrationTests.Sync;

/// <summary>A subsidiary is a separate customer with its own documents; its contacts are not.</summary>
public sealed class SubsidiaryTests(TestDatabase database)
{
    [Theory]
    [InlineData(17)]
    [InlineData(19)]
    public async Task Subsidiary_is_a_customer_whose_documents_its_parent_does_not_see(int version)
    {
        await using var world = await SyncWorld.StartAsync(database, StandInCompany.Generated(0, version));
        var parent = world.Company.AddPartner("Parent Ltd", "office@parent.example", ("is_company", true));
        var subsidiary = world.Company.AddPartner("Subsidiary Ltd", "office@subsidiary.example", ("is_company", true), ("parent_id", parent));
        var contact = world.Company.AddPartner("Contact", "contact@parent.example", ("parent_id", parent));
        var staffMember = world.Company.AddPartner("Clerk", "clerk@subsidiary.example", ("parent_id", subsidiary));
        world.Company.AddInvoice(contact, 1m, dueInDays: -5);
        world.Company.AddInvoice(subsidiary, 2m, dueInDays: -5);
        world.Company.AddInvoice(staffMember, 4m, dueInDays: -5);

        var figures = await world.SyncAsync();

        Assert.Equal(2, figures.Skipped["child_contact"]);
        Assert.Equal("current", await world.StateOfAsync(subsidiary));
        Assert.Equal("Subsidiary Ltd", (await world.CustomerOfAsync(subsidiary)).Text("name"));
        Assert.Equal("skipped child_contact", await world.StateOfAsync(staffMember));
        Assert.Equal(1m, await ArrearsAsync(world, "office@parent.example"));
        Assert.Equal(6m, await ArrearsAsync(world, "office@subsidiary.example"));
    }

    [Fact]
    public async Task Contact_that_becomes_a_company_becomes_a_customer()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var parent = world.Company.AddPartner("Parent Ltd", "office@parent.example", ("is_company", true));
        var branch = world.Company.AddPartner("Branch", "office@branch.example", ("parent_id", parent));
        await world.SyncAsync();
        Assert.Equal("skipped child_contact", await world.StateOfAsync(branch));

        world.Company.Change(branch, ("is_company", true));

        Assert.Equal(1, (await world.SyncAsync()).Created);
        Assert.Equal("current", await world.StateOfAsync(branch));
    }

    [Fact]
    public async Task Subsidiary_with_its_parents_address_is_a_conflict()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var parent = world.Company.AddPartner("Parent Ltd", "office@parent.example", ("is_company", true));
        var subsidiary = world.Company.AddPartner("Subsidiary Ltd", "office@parent.example", ("is_company", true), ("parent_id", parent));

        await world.SyncAsync();

        Assert.Equal(("current", "conflict same_address"), (await world.StateOfAsync(parent), await world.StateOfAsync(subsidiary)));
    }

    private static async Task<decimal> ArrearsAsync(SyncWorld world, string email)
    {
        var person = await world.RegisterAsync(email);
        await world.ProveAsync(person);
        var answer = await (await world.Accounts.SendAsync(HttpMethod.Get, "/api/portal/dashboard", person)).ShouldBeAsync(HttpStatusCode.OK);
        return Assert.Single(DashboardTests.Items(answer.GetProperty("data"), "arrears")).GetProperty("amount").GetDecimal();
    }
}
