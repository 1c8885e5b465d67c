using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using static Patron.IntegrationTests.Crm.CrmIntents;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Crm;

/// <summary>An account with several organizations (source 2; linking.md, 'Offer').</summary>
public sealed class OrganizationTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Creator_of_an_organization_owns_it_with_profile_and_vendor()
    {
        var person = await app.RegisterAsync();
        await (await app.UpdateProfileAsync(person, new { phone_number = "+1 555 0123" })).ShouldBeAsync(HttpStatusCode.OK);

        var response = await app.PostOrganizationAsync(person, "  Jane's Büro  ");
        var created = await response.ShouldBeAsync(HttpStatusCode.Created);

        Assert.Equal(["id", "uuid", "name", "role", "is_home", "created_at", "updated_at", "closed_at"], created.Fields());
        Assert.Equal(("Jane's Büro", "vendor", false), (created.GetProperty("name").GetString(), created.GetProperty("role").GetString(), created.GetProperty("is_home").GetBoolean()));
        Assert.Equal($"{Organizations}{created.Number()}/", response.Headers.Location?.ToString());
        var profile = Assert.Single(await app.RowsAsync(person, Profiles));
        Assert.Equal(
            ("vendor", true, created.Number()),
            (profile.GetProperty("profile_type").GetString(), profile.GetProperty("is_primary").GetBoolean(), profile.GetProperty("organization").GetInt64()));
        var vendor = Assert.Single(await app.RowsAsync(person, Vendors));
        Assert.Equal(
            ("Jane Doe", person.Email, "+1 555 0123", "active", created.Number()),
            (vendor.GetProperty("name").GetString(), vendor.GetProperty("email").GetString(), vendor.GetProperty("phone").GetString(), vendor.GetProperty("status").GetString(), vendor.GetProperty("organization").GetInt64()));
        Assert.Equal(profile.GetProperty("user").GetInt64(), vendor.GetProperty("user").GetInt64());
        Assert.Equal(profile.Number(), await app.AccountsSqlAsync<long>("SELECT profile_id FROM accounts.vendors WHERE id = $1", vendor.Number()));
        Assert.Equal(1, await app.CountAuditEntriesAsync(created.GetProperty("uuid").GetGuid(), "organization.created"));
        // The membership is effective in the next request.
        await (await app.MembersAsync(person, created.GetProperty("uuid").GetGuid())).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_up_creates_person_organization_and_three_profiles_in_one_transaction(bool isTaken)
    {
        var email = isTaken ? (await app.SharedPersonAsync()).Email : NewEmail("signup");
        var name = $"Business of {email} {isTaken}";
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var accounts = services.GetRequiredService<AccountRegistration>();
        var stranger = Caller.Anonymous(RequestOrigin.Local);
        var user = (await accounts.PrepareAsync(stranger, new NewAccount(email, new PersonNames("John", "Doe", null, null), GoodPassword), CancellationToken.None)).Value;

        Result<CreatedOrganization> result;
        await using (var transaction = await services.GetRequiredService<DatabaseSession>().BeginAsync(CancellationToken.None))
        {
            var opened = services.GetRequiredService<OrganizationFactory>().Add(
                stranger, user, name, [ProfileType.Vendor, ProfileType.Employee, ProfileType.Customer], user.CreatedAt);
            result = await accounts.AddAsync(stranger, user, opened.Organization.Id, OrganizationRole.Vendor, CancellationToken.None) is { } taken ? taken : opened;
            result = await transaction.CommitAsync(result, CancellationToken.None);
        }

        Assert.Equal(isTaken ? 0 : 1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.organizations WHERE name = $1", name));
        if (isTaken)
        {
            Assert.Equal(ErrorKind.Rule, result.Error?.Kind);
            return;
        }

        var (organization, profiles, vendor) = result.Value;
        Assert.All([organization.Number, vendor.Id, vendor.ProfileId, .. profiles.Select(profile => profile.Id)], number => Assert.True(number > 0));
        var person = await app.SignInAsync(email);
        var rows = await app.RowsAsync(person, Profiles);
        Assert.Equal(profiles.Select(profile => profile.Id), rows.Select(row => row.Number()));
        Assert.Equal(["vendor True", "employee False", "customer False"], rows.Select(row => $"{row.GetProperty("profile_type").GetString()} {row.GetProperty("is_primary").GetBoolean()}"));
        Assert.All(rows, row => Assert.Equal(organization.Number, row.GetProperty("organization").GetInt64()));
        Assert.Equal(("John Doe", profiles[0].Id), (vendor.Name, vendor.ProfileId));
        Assert.Equal(vendor.Id, Assert.Single(await app.RowsAsync(person, Vendors)).Number());
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(" ", false)]
    [InlineData("a\nb", false)]
    [InlineData("Jane's Business", true)]
    public void Error_in_the_organization_name_is_reported_for_the_sign_up_field(string? name, bool isGood) =>
        Assert.Equal(isGood ? [] : ["organization_name"], OrganizationFactory.Refusal(name)?.Fields?.Keys ?? []);

    [Fact]
    public async Task Second_organization_moves_the_vendor_profile_and_keeps_the_first_vendor()
    {
        var person = await app.RegisterAsync();
        var first = await app.CreateOrganizationAsync(person, "First");
        var second = await app.CreateOrganizationAsync(person, "Second");

        Assert.Equal(second.Number(), Assert.Single(await app.RowsAsync(person, Profiles)).GetProperty("organization").GetInt64());
        Assert.Equal([first.Number(), second.Number()], (await app.RowsAsync(person, Vendors)).Select(vendor => vendor.GetProperty("organization").GetInt64()));
        Assert.Equal(["Home", "First", "Second"], (await app.RowsAsync(person, Organizations)).Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(["customer", "vendor", "vendor"], (await app.RowsAsync(person, Organizations)).Select(row => row.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task Fifty_concurrent_organizations_of_one_person_share_one_profile()
    {
        var person = await app.RegisterAsync();

        var answers = await AccountCalls.ConcurrentlyAsync(50, number => app.PostOrganizationAsync(person, $"Company {number}"));

        Assert.Equal(50, answers.Count(HttpStatusCode.Created));
        var profile = Assert.Single(await app.RowsAsync(person, Profiles));
        Assert.True(profile.GetProperty("is_primary").GetBoolean());
        Assert.Equal(50, (await app.RowsAsync(person, $"{Vendors}?page_size=100")).Select(vendor => vendor.GetProperty("organization").GetInt64()).Distinct().Count());
        Assert.Equal(50, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.memberships WHERE user_id = $1 AND role = 'vendor'", person.Id));
    }

    [Fact]
    public async Task Fifty_people_concurrently_create_organizations_of_the_same_name()
    {
        var people = new List<Person>();
        foreach (var some in Enumerable.Range(0, 50).Chunk(10))
        {
            people.AddRange(await Task.WhenAll(some.Select(_ => app.RegisterAsync()))); // In batches, because this test is not about hashing fifty passwords at once.
        }

        var answers = await Task.WhenAll(people.Select(person => app.PostOrganizationAsync(person, "Same name")));

        Assert.Equal(50, answers.Count(HttpStatusCode.Created));
        Assert.Equal(50, await app.AccountsSqlAsync<long>(
            """
            SELECT count(*) FROM accounts.organizations o
            JOIN accounts.memberships m ON m.organization_id = o.id AND m.role = 'vendor'
            JOIN accounts.vendors v ON v.organization_id = o.id AND v.user_id = m.user_id
            JOIN accounts.profiles p ON p.id = v.profile_id AND p.organization_id = o.id AND p.is_primary WHERE o.name = 'Same name'
            """));
    }

    [Fact]
    public async Task Same_idempotency_key_creates_one_organization()
    {
        var person = await app.RegisterAsync();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await (await app.PostOrganizationAsync(person, "Once", key)).ShouldBeAsync(HttpStatusCode.Created);
        var again = await (await app.PostOrganizationAsync(person, "Once", key)).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(first.Number(), again.Number());
        Assert.Single(await app.RowsAsync(person, Vendors));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \u3000 ")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    public async Task Invalid_name_is_422_with_its_field(string? name) =>
        await (await app.PostOrganizationAsync(await app.SharedPersonAsync(), name)).ShouldBeInvalidAsync("name");

    [Fact]
    public async Task Name_is_limited_to_255_characters_regardless_of_bytes()
    {
        var person = await app.RegisterAsync();
        var longest = string.Concat(Enumerable.Repeat("\U0001F600", 255));
        Assert.Equal(longest, (await app.CreateOrganizationAsync(person, longest)).GetProperty("name").GetString());
        await (await app.PostOrganizationAsync(person, longest + "x")).ShouldBeInvalidAsync("name");
    }

    [Fact]
    public async Task Organization_is_found_by_number_and_UUID_only_by_its_members()
    {
        var owner = await app.RegisterAsync();
        var created = await app.CreateOrganizationAsync(owner);
        var customer = await app.RegisterAsync();
        await app.MakeMemberAsync(customer.Email, OrganizationRole.Customer, created.GetProperty("uuid").GetGuid());
        foreach (var id in new[] { $"{created.Number()}", created.GetProperty("uuid").GetString()!, created.GetProperty("uuid").GetString()!.ToUpperInvariant() })
        {
            Assert.Equal("vendor", (await (await app.ReadAsync(owner, $"{Organizations}{id}/")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("role").GetString());
            Assert.Equal("customer", (await (await app.ReadAsync(customer, $"{Organizations}{id}")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("role").GetString());
            Assert.Equal(JsonValueKind.Null, (await (await app.ReadAsync(await app.SharedAdminAsync(), $"{Organizations}{id}/")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("role").ValueKind);
            await (await app.ReadAsync(await app.SharedPersonAsync(), $"{Organizations}{id}/")).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.ReadAsync(null, $"{Organizations}{id}/")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        }

        foreach (var nobodys in new[] { "99999999", "-1", "nonsense", Guid.NewGuid().ToString(), new string('9', 40) })
        {
            await (await app.ReadAsync(await app.SharedAdminAsync(), $"{Organizations}{nobodys}/")).ShouldBeAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task API_key_reads_its_organization_but_cannot_create_or_rename_one()
    {
        var owner = await app.RegisterAsync();
        var created = await app.CreateOrganizationAsync(owner);
        var key = ("X-Api-Key", await app.ApiKeyAsync(created.GetProperty("uuid").GetGuid()));

        var list = await (await app.ReadAsync(null, Organizations, key)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(created.Number(), Assert.Single(list.GetProperty("results").EnumerateArray()).Number());
        await (await app.ReadAsync(null, $"{Organizations}1/", key)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.PostOrganizationAsync(null, "By a key", key)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.ChangeAsync(null, $"{Organizations}{created.Number()}/", new { name = "By a key" }, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.ReadAsync(null, Vendors, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.ReadAsync(null, Profiles, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Only_staff_can_rename_their_organization()
    {
        var owner = await app.RegisterAsync();
        var created = await app.CreateOrganizationAsync(owner, "Before");
        var (id, path) = (created.GetProperty("uuid").GetGuid(), $"{Organizations}{created.Number()}/");
        var (employee, customer) = (await app.RegisterAsync(), await app.RegisterAsync());
        await app.MakeMemberAsync(employee.Email, OrganizationRole.Employee, id);
        await app.MakeMemberAsync(customer.Email, OrganizationRole.Customer, id);

        await (await app.ChangeAsync(null, path, new { name = "After" })).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.ChangeAsync(customer, path, new { name = "After" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.ChangeAsync(await app.SharedPersonAsync(), path, new { name = "After" })).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.ChangeAsync(employee, path, new { name = " " })).ShouldBeInvalidAsync("name");
        await (await app.ChangeAsync(employee, path, new { name = (string?)null })).ShouldBeInvalidAsync("name");
        var same = await (await app.ChangeAsync(employee, path, new { })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(created.GetProperty("updated_at").GetString(), same.GetProperty("updated_at").GetString());
        Assert.Equal(0, await app.CountAuditEntriesAsync(id, "organization.changed"));

        var renamed = await (await app.ChangeAsync(employee, path, new { name = " After " })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("After", "employee"), (renamed.GetProperty("name").GetString(), renamed.GetProperty("role").GetString()));
        await (await app.ChangeAsync(await app.SharedAdminAsync(), path, new { name = "Once more" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(
            """{"name": "Before"} {"name": "After"}""",
            await app.AccountsSqlAsync<string>("SELECT before::text || ' ' || after::text FROM shared.audit_entries WHERE subject_id = $1 AND action = 'organization.changed' ORDER BY id LIMIT 1", id));
    }

    [Fact]
    public async Task Home_organization_name_is_a_setting()
    {
        var staff = await app.StaffAsync();
        var problem = await (await app.ChangeAsync(staff, $"{Organizations}{app.Home()}/", new { name = "Mine" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("Home:Name", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True((await (await app.ChangeAsync(staff, $"{Organizations}{app.Home()}/", new { name = "Home" })).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("is_home").GetBoolean());
        await (await app.ChangeAsync(await app.SharedPersonAsync(), $"{Organizations}{app.Home()}/", new { name = "Mine" })).ShouldBeAsync(HttpStatusCode.Forbidden);
    }
}
