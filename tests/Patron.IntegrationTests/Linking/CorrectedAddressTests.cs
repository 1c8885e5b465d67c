using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.OwnProfiles;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Linking;

/// <summary>
/// Staff change a record's address to one that an account has proven: change and link are one transaction (linking.md, 'Claim').
/// </summary>
public sealed class CorrectedAddressTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_bulk_update_links_a_proven_owner_at_home()
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.ProvenPersonAsync(firstName: "Proven");
        var entered = await app.CreateCustomerAsync(staff);

        var answer = await (await CorrectAsync(staff, entered, person.Email, isBulk: true)).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal("""{"updated":1,"not_found":[]}""", answer.GetRawText());
        var linked = Assert.Single(await app.RecordsAsync(person.Email));
        Assert.Equal(
            (entered.GetProperty("uid").GetGuid(), person.Id, "Proven", "Bern", "email_proven", "claimed"),
            (linked.GetProperty("uid").GetGuid(), linked.User(), linked.Text("first_name"), linked.Text("city"), linked.Text("link_evidence"), linked.Text("claim")));
        Assert.Equal(["customer.created", "customer.changed", "customer.linked"], (await app.TraceAsync(entered)).Select(entry => entry.Action));
        await app.ReadCustomerAsync(person, entered.Id());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_another_organization_the_record_is_offered(bool isBulk)
    {
        var vendor = await app.StaffOfNewOrganizationAsync();
        var entered = await app.CreateCustomerAsync(vendor);
        var person = await ProvenMemberAsync(entered, "Secret");

        await (await CorrectAsync(vendor, entered, person.Email, isBulk)).ShouldBeAsync(HttpStatusCode.OK);

        var seen = await app.ReadCustomerAsync(vendor, entered.Id());
        Assert.Equal((person.Email, "John", JsonValueKind.Null), (seen.Text("email"), seen.Text("first_name"), seen.GetProperty("user_id").ValueKind));
        Assert.Equal(person.Id, await app.CustomersSqlAsync<Guid>(
            "SELECT user_id FROM customers.offers WHERE customer_uid = $1 AND state = 'offered'", entered.GetProperty("uid").GetGuid()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_with_an_unproven_address_is_not_linked(bool isBulk)
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.RegisterAsync();
        var entered = await app.CreateCustomerAsync(staff);
        await (await CorrectAsync(staff, entered, person.Email, isBulk)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Null(Assert.Single(await app.RecordsAsync(person.Email)).User());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task A_failed_link_or_offer_rolls_back_the_change_of_the_address(bool isBulk, bool isHome)
    {
        var staff = isHome ? await app.SomeStaffAsync() : await app.StaffOfNewOrganizationAsync();
        var entered = await app.CreateCustomerAsync(staff);
        var person = isHome ? await app.ProvenPersonAsync() : await ProvenMemberAsync(entered);
        await FailAtLinksAsync();
        app.Accounts.ExpectsServerErrors = true;

        var failed = await CorrectAsync(staff, entered, person.Email, isBulk);

        app.Accounts.ExpectsServerErrors = false;
        await RepairAsync();
        await failed.ShouldBeAsync(HttpStatusCode.InternalServerError);
        var left = await app.GetCustomerAsync(staff, entered.Id());
        Assert.Equal("\"1\"", left.Headers.ETag?.Tag);
        Assert.Equal(entered.ToString(), (await left.ShouldBeAsync(HttpStatusCode.OK)).ToString());
        Assert.Equal("customer.created", Assert.Single(await app.TraceAsync(entered)).Action);
        await (await CorrectAsync(staff, entered, person.Email, isBulk)).ShouldBeAsync(HttpStatusCode.OK);
    }

    // Accounts are found by address only among members of the organization.
    private async Task<Person> ProvenMemberAsync(JsonElement customer, string firstName = "Jane")
    {
        var person = await app.ProvenPersonAsync(firstName: firstName);
        await app.MakeMemberAsync(person.Email, OrganizationRole.Customer, customer.GetProperty("organization_id").GetGuid());
        return person;
    }

    private Task<HttpResponseMessage> CorrectAsync(Person staff, JsonElement customer, string email, bool isBulk)
    {
        var change = new { email, city = "Bern" };
        return isBulk
            ? app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api + "bulk-update", staff, new { customer_ids = new[] { customer.Id() }, updates = change })
            : app.PutCustomerAsync(staff, customer.Id(), change);
    }

    private async Task FailAtLinksAsync() => await app.CustomersSqlAsync<object>(
        """
        CREATE OR REPLACE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'It fails on purpose.'; END $$;
        CREATE TRIGGER fail BEFORE UPDATE ON customers.customers FOR EACH ROW WHEN (OLD.user_id IS NULL AND NEW.user_id IS NOT NULL) EXECUTE FUNCTION public.fail();
        CREATE TRIGGER fail BEFORE INSERT ON customers.offers FOR EACH ROW EXECUTE FUNCTION public.fail();
        """);

    private async Task RepairAsync() => await app.CustomersSqlAsync<object>("DROP TRIGGER fail ON customers.customers; DROP TRIGGER fail ON customers.offers");
}
