using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Import;
using Patron.IntegrationTests.Activation;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>
/// The preferred name, from every input to every output. It is the example of docs/architecture.md, 'How to add a field'.
/// </summary>
public sealed class PreferredNameTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_preferred_name_is_shown_by_both_dialects_and_the_audit_entry()
    {
        var (person, staff) = (await app.ProvenPersonAsync(), await app.SomeStaffAsync());
        var made = await app.CreateProfileAsync(person);
        Assert.Equal(JsonValueKind.Null, made.GetProperty("preferred_name").ValueKind);

        var updated = await (await app.PatchProfileAsync(person, new { preferred_name = " Janie " })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Janie", updated.Text("preferred_name"));
        Assert.Equal("Janie", (await app.ReadProfileAsync(person)).Text("preferred_name"));
        var record = await app.ReadCustomerAsync(staff, made.Text("id")!);
        Assert.Equal(("Janie", "Jane Doe"), (record.Text("preferred_name"), record.Text("full_name")));
        var (_, before, after) = (await app.TraceAsync(record))[^1];
        Assert.Equal((null, "Janie"), (JsonDocument.Parse(before!).RootElement.Text("preferred_name"), JsonDocument.Parse(after!).RootElement.Text("preferred_name")));

        await (await app.PatchProfileAsync(person, new { preferred_name = new string('J', 101) })).ShouldRefuseAsync("preferred_name");
        await (await app.PutCustomerAsync(staff, record.Id(), new { preferred_name = (string?)null })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Null((await app.ReadProfileAsync(person)).Text("preferred_name"));
    }

    [Fact]
    public async Task An_imported_preferred_name_is_used_in_invitation_and_welcome_mails()
    {
        var email = await ImportAsync("Johnny");
        await (await app.SendWithKeyAsync(HttpMethod.Post, "/api/portal/invitations/", new { customers = new[] { (await FindAsync(email)).Id() } })).ShouldBeAsync(HttpStatusCode.Accepted);
        Assert.StartsWith("Hello Johnny,", (await app.MailAsync(email, "set up your")).Text, StringComparison.Ordinal);

        await app.ActivateAsync(email);
        Assert.StartsWith("Hello Johnny,", (await app.MailAsync(email, "welcome")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_without_a_preferred_name_is_greeted_by_name()
    {
        var email = await ImportAsync("");
        await (await app.SendWithKeyAsync(HttpMethod.Post, "/api/portal/invitations/", new { customers = new[] { (await FindAsync(email)).Id() } })).ShouldBeAsync(HttpStatusCode.Accepted);
        Assert.StartsWith("Hello John Doe,", (await app.MailAsync(email, "set up your")).Text, StringComparison.Ordinal);

        await app.ActivateAsync(email);
        Assert.StartsWith("Hello John,", (await app.MailAsync(email, "welcome")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Janie", "Janie")]
    [InlineData("Johnny", null, "Johnny")]
    [InlineData("Johnny", "Janie", "Johnny")] // As for every field, the existing record survives and is filled.
    public async Task A_merge_fills_an_empty_preferred_name(string imported, string? own, string merged)
    {
        var email = await ImportAsync(imported);
        var person = await app.RegisterAsync(email);
        await app.CreateProfileAsync(person, new { preferred_name = own });
        await app.ProveAsync(person);
        Assert.Equal(merged, (await app.ReadProfileAsync(person)).Text("preferred_name"));
    }

    // Imports John Doe by CSV and returns his address.
    private async Task<string> ImportAsync(string preferredName)
    {
        var email = Intents.NewEmail("imported");
        var csv = new MemoryStream(Encoding.UTF8.GetBytes($"first_name,last_name,email,preferred_name\nJohn,Doe,{email},{preferredName}\n"));
        await using var scope = app.Customers.Services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(app.Home()), CustomerCsv.ReadAsync(csv, _ => { }, CancellationToken.None), allOrNothing: true, _ => { }, CancellationToken.None);
        Assert.Null(result.Error);
        return email;
    }

    private async Task<JsonElement> FindAsync(string email) =>
        await (await app.SendWithKeyAsync(HttpMethod.Get, $"{CustomerIntents.Api}email/{email}")).ShouldBeAsync(HttpStatusCode.OK);
}
