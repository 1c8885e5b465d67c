using System.Net;
using System.Text.Json;
using Npgsql;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Crm.CrmIntents;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Crm;

/// <summary>The vendor records of organizations.</summary>
public sealed class VendorTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Staff_manage_the_vendors_of_their_organization_and_customers_see_none()
    {
        var (owner, path, organization) = await VendorAsync();
        var (employee, customer, stranger) = (await app.RegisterAsync(), await app.RegisterAsync(), await app.SharedPersonAsync());
        await app.MakeMemberAsync(employee.Email, OrganizationRole.Employee, organization);
        await app.MakeMemberAsync(customer.Email, OrganizationRole.Customer, organization);

        foreach (var outside in new[] { customer, stranger })
        {
            Assert.Empty(await app.RowsAsync(outside, Vendors));
            await (await app.ReadAsync(outside, path)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.ChangeAsync(outside, path, new { name = "Mine" })).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        await (await app.ReadAsync(null, Vendors)).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.ReadAsync(null, path)).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.ChangeAsync(null, path, new { name = "Mine" })).ShouldBeAsync(HttpStatusCode.Unauthorized);
        foreach (var inside in new[] { owner, employee, await app.SharedAdminAsync() })
        {
            var vendor = await (await app.ChangeAsync(inside, path, new { tax_id = "US123" })).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(vendor.GetRawText(), (await (await app.ReadAsync(inside, path)).ShouldBeAsync(HttpStatusCode.OK)).GetRawText());
        }

        Assert.Single(await app.RowsAsync(employee, Vendors));
        Assert.Contains(await app.RowsAsync(await app.SharedAdminAsync(), $"{Vendors}?page_size=1000"), vendor => path == $"{Vendors}{vendor.Number()}/");
        Assert.Equal(1, await app.CountAuditEntriesAsync(owner.Id, "vendor.changed"));
    }

    [Fact]
    public async Task Every_field_can_be_changed_cleared_and_omitted()
    {
        var (owner, path, _) = await VendorAsync();
        var all = new { name = "Jane's Ltd", email = "Office@Tests.example", phone = "+1 555 0123", tax_id = "US123456789", website = "https://www.tests.example", status = "inactive" };

        var full = await (await app.ChangeAsync(owner, path, all)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["id", "organization", "user", "name", "email", "phone", "tax_id", "website", "status", "created_at", "updated_at"], full.Fields());
        Assert.Equal(
            (all.name, all.email, all.phone, all.tax_id, all.website, all.status),
            (Text(full, "name"), Text(full, "email"), Text(full, "phone"), Text(full, "tax_id"), Text(full, "website"), Text(full, "status")));

        var emptied = await (await app.ChangeAsync(owner, path, new { email = (string?)null, phone = "", tax_id = " ", status = (string?)null })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(
            (all.name, null, null, null, all.website, all.status),
            (Text(emptied, "name"), Text(emptied, "email"), Text(emptied, "phone"), Text(emptied, "tax_id"), Text(emptied, "website"), Text(emptied, "status")));
        Assert.Equal(emptied.GetRawText(), (await (await app.ChangeAsync(owner, path, new { })).ShouldBeAsync(HttpStatusCode.OK)).GetRawText());
        Assert.Equal(2, await app.CountAuditEntriesAsync(owner.Id, "vendor.changed"));
    }

    [Fact]
    public async Task All_errors_are_reported_together_and_nothing_is_changed()
    {
        var (owner, path, _) = await VendorAsync();
        var before = await (await app.ReadAsync(owner, path)).ShouldBeAsync(HttpStatusCode.OK);
        var wrong = new { name = " ", email = "nobody", phone = "call me", tax_id = new string('x', 51), website = "javascript:alert(1)" };
        await (await app.ChangeAsync(owner, path, wrong)).ShouldBeInvalidAsync("name", "email", "phone", "tax_id", "website");
        await (await app.ChangeAsync(owner, path, new { name = new string('x', 256) })).ShouldBeInvalidAsync("name");
        await (await app.ChangeAsync(owner, path, new { phone = "1 2  3  4  5  6  7  8  9  1  0  1  1  2  3" })).ShouldBeInvalidAsync("phone");
        await (await app.ChangeAsync(owner, path, new { tax_id = "a\u0007b" })).ShouldBeInvalidAsync("tax_id");
        await (await app.ChangeAsync(owner, path, new { status = "closed" })).ShouldBeInvalidAsync("status");
        Assert.Equal(before.GetRawText(), (await (await app.ReadAsync(owner, path)).ShouldBeAsync(HttpStatusCode.OK)).GetRawText());
    }

    [Fact]
    public async Task Invalid_phone_from_the_account_does_not_block_other_changes()
    {
        var person = await app.RegisterAsync();
        var phone = "+1 (555) 012 - 34 56 - 78 90";
        await (await app.UpdateProfileAsync(person, new { phone_number = phone })).ShouldBeAsync(HttpStatusCode.OK);
        await app.CreateOrganizationAsync(person);
        var vendor = Assert.Single(await app.RowsAsync(person, Vendors));
        var changed = await (await app.ChangeAsync(person, $"{Vendors}{vendor.Number()}/", new { tax_id = "US1" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((phone, "US1"), (Text(changed, "phone"), Text(changed, "tax_id")));
    }

    [Fact]
    public async Task Concurrent_changes_of_different_fields_are_all_kept()
    {
        var (owner, path, _) = await VendorAsync();
        object[] changes = [new { name = "One" }, new { email = "two@tests.example" }, new { phone = "+1 555 0003" }, new { tax_id = "four" }, new { website = "five.example" }, new { status = "inactive" }];
        var answers = await Task.WhenAll(changes.Select(change => app.ChangeAsync(owner, path, change)));
        Assert.Equal(6, answers.Count(HttpStatusCode.OK));
        var vendor = await (await app.ReadAsync(owner, path)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(
            ("One", "two@tests.example", "+1 555 0003", "four", "five.example", "inactive"),
            (Text(vendor, "name"), Text(vendor, "email"), Text(vendor, "phone"), Text(vendor, "tax_id"), Text(vendor, "website"), Text(vendor, "status")));
    }

    [Fact]
    public async Task Caller_without_permission_does_not_wait_for_a_locked_vendor()
    {
        var (_, path, _) = await VendorAsync();
        await using var connection = new NpgsqlConnection(app.Accounts.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var locking = new NpgsqlCommand("SELECT FROM accounts.vendors FOR UPDATE", connection);
        await locking.ExecuteNonQueryAsync();

        await (await app.ChangeAsync(await app.SharedPersonAsync(), path, new { name = "Mine" })).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("9223372036854775808")]
    public async Task Unknown_id_is_404(string id)
    {
        foreach (var list in new[] { Vendors, Profiles })
        {
            await (await app.ReadAsync(await app.SharedAdminAsync(), $"{list}{id}/")).ShouldBeAsync(HttpStatusCode.NotFound);
        }
    }

    private static string? Text(JsonElement row, string field) => row.GetProperty(field).GetString();

    // A new organization: its owner, the path of its vendor and its UUID.
    private async Task<(Person Owner, string Path, Guid Organization)> VendorAsync()
    {
        var owner = await app.RegisterAsync(NewEmail("vendor"));
        var organization = await app.CreateOrganizationAsync(owner);
        return (owner, $"{Vendors}{(await app.RowsAsync(owner, Vendors)).Single().Number()}/", organization.GetProperty("uuid").GetGuid());
    }
}
