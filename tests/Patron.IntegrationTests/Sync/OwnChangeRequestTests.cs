using System.Net;
using System.Text.Json;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.OwnProfiles;

namespace Patron.IntegrationTests.Sync;

/// <summary>What customers see of their change requests for fields that the ERP owns, and withdrawing them.</summary>
public sealed class OwnChangeRequestTests(TestDatabase database)
{
    private const string Requests = "/api/v1/customers/profile/change-requests/";

    [Fact]
    public async Task Requested_value_is_shown_beside_the_current_one_and_can_be_withdrawn()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var (person, _) = await CompanyAsync(world, "company@x.example");
        var visitor = await PageVisitor.SignInAsync(world, person);
        await visitor.PostAsync("/profile/details", "/profile/details", ("tax_id", "ZW2"), ("business_type", "Tea"));
        var company = PageVisitor.Card(await visitor.OpenAsync("/profile"), "details")!;
        Assert.Contains("Thanks! Some changes need a review first.", company, StringComparison.Ordinal);
        Assert.Contains("Tea", company, StringComparison.Ordinal);

        await visitor.PostAsync("/profile/address", "/profile/address", ("city", "Gweru"));
        var address = PageVisitor.Card(await visitor.OpenAsync("/profile"), "address")!;
        Assert.Contains("Harare", address, StringComparison.Ordinal);
        Assert.Contains("<strong>Gweru</strong>", address, StringComparison.Ordinal);
        Assert.Contains("Requested on", address, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Withdraw: City\"", address, StringComparison.Ordinal);

        await visitor.PostAsync("/profile/details", "/profile/details", ("business_type", "Coffee"));
        Assert.Contains("Changes saved.", PageVisitor.Card(await visitor.OpenAsync("/profile"), "details"), StringComparison.Ordinal);

        var request = address.Split("/profile/changes/")[1].Split('/')[0];
        Assert.Equal("/profile#address", await visitor.PostAsync("/profile", $"/profile/changes/{request}/withdraw"));
        address = PageVisitor.Card(await visitor.OpenAsync("/profile"), "address")!;
        Assert.Contains("Request withdrawn.", address, StringComparison.Ordinal);
        Assert.DoesNotContain("Gweru", address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rename_of_a_company_is_shown_as_a_request()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var (person, _) = await CompanyAsync(world, "company@x.example");
        await PatchAsync(world, person, new { company_name = "Company" });
        await PatchAsync(world, person, new { company_name = "Renamed" });
        var visitor = await PageVisitor.SignInAsync(world, person);
        var company = PageVisitor.Card(await visitor.OpenAsync("/profile"), "details")!;
        Assert.Contains("<strong>Renamed</strong>", company, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Withdraw: Registered name\"", company, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_is_withdrawn_once_by_its_customer_only()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var (person, customer) = await CompanyAsync(world, "company@x.example");
        var (other, _) = await CompanyAsync(world, "other@x.example");
        await PatchAsync(world, person, new { city = "Gweru" });
        var request = Assert.Single((await ListAsync(world, person)).EnumerateArray());
        Assert.Equal(("city", "Gweru"), (request.Text("field"), request.Text("value")));
        Assert.Equal(0, (await ListAsync(world, other)).GetArrayLength());
        var id = request.GetProperty("id").GetInt64();

        await WithdrawAsync(world, other, id, HttpStatusCode.NotFound);
        await WithdrawAsync(world, person, 987654, HttpStatusCode.NotFound);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => WithdrawAsync(world, person, id)));
        Assert.All(answers, answer => Assert.Equal("withdrawn", answer.Text("answer")));
        Assert.Equal(1, await world.CustomersSqlAsync<long>(
            "SELECT count(*) FROM shared.audit_entries WHERE action = 'customer.change_request_withdrawn' AND subject_id = $1 AND actor_user_id = $2", customer, person.Id));
        Assert.Null((await (await world.Accounts.SendAsync(HttpMethod.Get, "/api/v1/customers/profile/", person)).ShouldBeAsync(HttpStatusCode.OK)).Said("pending_changes"));
        await world.AskAsync(HttpMethod.Post, $"change-requests/{id}/done/", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Answered_request_cannot_be_withdrawn()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var (person, _) = await CompanyAsync(world, "company@x.example");
        await PatchAsync(world, person, new { city = "Gweru" });
        var id = Assert.Single((await ListAsync(world, person)).EnumerateArray()).GetProperty("id").GetInt64();
        await world.AskAsync(HttpMethod.Post, $"change-requests/{id}/decline/");
        await WithdrawAsync(world, person, id, HttpStatusCode.BadRequest);
    }

    private static async Task<(Person Person, Guid Customer)> CompanyAsync(SyncWorld world, string email)
    {
        var partner = world.Company.AddPartner("Company", email, ("is_company", true), ("city", "Harare"));
        await world.SyncAsync();
        var person = await world.RegisterAsync(email);
        await world.ProveAsync(person);
        return (person, Guid.Parse((await world.CustomerOfAsync(partner)).Text("uid")!));
    }

    private static async Task PatchAsync(SyncWorld world, Person person, object change) =>
        await (await world.Accounts.SendAsync(HttpMethod.Patch, "/api/v1/customers/profile/update/", person, change)).ShouldBeAsync(HttpStatusCode.OK);

    private static async Task<JsonElement> ListAsync(SyncWorld world, Person person) =>
        await (await world.Accounts.SendAsync(HttpMethod.Get, Requests, person)).ShouldBeAsync(HttpStatusCode.OK);

    private static async Task<JsonElement> WithdrawAsync(SyncWorld world, Person person, long id, HttpStatusCode status = HttpStatusCode.OK) =>
        await (await world.Accounts.SendAsync(HttpMethod.Post, $"{Requests}{id}/withdraw/", person)).ShouldBeAsync(status);
}
