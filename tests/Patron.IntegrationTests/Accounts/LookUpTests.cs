using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Users;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>Lookups of accounts by users of customer records (linking.md, 'Two services').</summary>
public abstract class LookUpTests(PatronApp app)
{
    [Fact]
    public async Task People_see_themselves_staff_see_members_and_administrators_see_all()
    {
        var (owner, organization) = await app.OwnerAsync();
        var (member, outsider) = (await app.RegisterProvenAsync(), await app.RegisterAsync());
        await app.MakeMemberAsync(member.Email, OrganizationRole.Customer, organization);
        var acting = ("X-Organization", organization.ToString());
        var ids = new[] { owner.Id, member.Id, outsider.Id, Guid.NewGuid() };

        Assert.Equal([outsider.Id], await IdsAsync(await LookUpAsync(outsider, new { ids })));
        Assert.Equal([member.Id], await IdsAsync(await LookUpAsync(member, new { ids }, acting)));
        Assert.Equal([owner.Id, member.Id], await IdsAsync(await LookUpAsync(owner, new { ids }, acting)));
        Assert.Equal([owner.Id, member.Id, outsider.Id], await IdsAsync(await LookUpAsync(await app.SharedAdminAsync(), new { ids })));
        await (await LookUpAsync(null, new { ids })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await LookUpAsync(outsider, new { ids }, acting)).ShouldFailAsync(HttpStatusCode.NotFound);

        var card = (await (await LookUpAsync(owner, new { ids = new[] { member.Id } }, acting)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("results")[0];
        Assert.Equal(["id", "number", "email", "email_verified", "first_name", "last_name", "phone_number", "taken_over_at", "language"], card.EnumerateObject().Select(field => field.Name));
        Assert.Equal((member.Email, true, "Jane", "Doe"), (card.GetProperty("email").GetString(), card.GetProperty("email_verified").GetBoolean(), card.GetProperty("first_name").GetString(), card.GetProperty("last_name").GetString()));
    }

    [Fact]
    public async Task Staff_find_members_by_address_and_customers_cannot()
    {
        var (owner, organization) = await app.OwnerAsync();
        var (proven, unproven, outsider) = (await app.RegisterProvenAsync(), await app.RegisterAsync(), await app.RegisterAsync());
        await app.MakeMemberAsync(proven.Email, OrganizationRole.Customer, organization);
        await app.MakeMemberAsync(unproven.Email, OrganizationRole.Customer, organization);
        var acting = ("X-Organization", organization.ToString());
        var emails = new[] { proven.Email.ToUpperInvariant(), $" {unproven.Email} ", outsider.Email, "nobody", "", NewEmail("unknown") };

        Assert.Equal([proven.Id, unproven.Id], await IdsAsync(await LookUpAsync(owner, new { emails }, acting)));
        await (await LookUpAsync(proven, new { emails }, acting)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await LookUpAsync(null, new { emails })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        Assert.Equal([proven.Id, unproven.Id], await IdsAsync(await LookUpAsync(await app.SharedAdminAsync(), new { emails }, acting)));
    }

    [Fact]
    public async Task A_key_and_its_token_look_up_members_within_their_scopes()
    {
        var (owner, organization) = await app.OwnerAsync();
        var outsider = await app.SharedPersonAsync();
        var reading = ("X-Api-Key", await app.ApiKeyAsync(organization, Scopes.ReadCustomers));
        var writing = ("X-Api-Key", await app.ApiKeyAsync(organization, Scopes.WriteCustomers));
        var erasing = ("X-Api-Key", await app.ApiKeyAsync(organization, Scopes.HardDeleteCustomers));
        var token = (await (await app.PostAsync("token/key/", null, null, reading)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access").GetString();
        foreach (var header in new[] { reading, writing, ("Authorization", $"Bearer {token}") })
        {
            Assert.Equal([owner.Id], await IdsAsync(await LookUpAsync(null, new { ids = new[] { owner.Id, outsider.Id } }, header)));
            Assert.Equal([owner.Id], await IdsAsync(await LookUpAsync(null, new { emails = new[] { owner.Email, outsider.Email } }, header)));
        }

        Assert.Equal([owner.Id], await FoundAsync(await SearchAsync(null, new { query = owner.Email }, reading)));
        Assert.Equal([owner.Id], await FoundAsync(await SearchAsync(null, new { query = owner.Email }, ("Authorization", $"Bearer {token}"))));
        await (await SearchAsync(null, new { query = owner.Email }, writing)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await LookUpAsync(null, new { ids = new[] { owner.Id } }, erasing)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await LookUpAsync(null, new { emails = new[] { owner.Email } }, erasing)).ShouldFailAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_lookup_takes_either_ids_or_addresses_and_at_most_a_thousand()
    {
        var admin = await app.SharedAdminAsync();
        foreach (var body in new object[] { new { }, new { ids = Array.Empty<Guid>(), emails = Array.Empty<string>() }, new { ids = Guids(1001) } })
        {
            await (await LookUpAsync(admin, body)).ShouldBeInvalidAsync("ids");
        }

        await (await LookUpAsync(admin, new { emails = Guids(1001).Select(id => $"{id}@tests.example") })).ShouldBeInvalidAsync("emails");
        await (await LookUpAsync(admin, new { ids = new[] { "x" } })).ShouldBeInvalidAsync("ids[0]");
        Assert.Empty(await IdsAsync(await LookUpAsync(admin, new { ids = Guids(1000) })));
        Assert.Empty(await IdsAsync(await LookUpAsync(admin, new { emails = Array.Empty<string>() })));
    }

    [Fact]
    public async Task Members_are_found_by_any_part_of_their_names()
    {
        var (owner, organization) = await app.OwnerAsync();
        var acting = ("X-Organization", organization.ToString());
        var jose = await MemberAsync(organization, "José", "Muñoz-Ägård", "jose", "+49 (0)30 123-456 ext. 7");
        var anna = await MemberAsync(organization, "Anna", "100%_Sure", "anna", "0049 40 777777");
        // A member of another organization with the same name.
        await MemberAsync((await app.OwnerAsync()).Organization, "José", "Muñoz", "other", null);
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET first_name = 'Zoltan', last_name = 'Qwerty' WHERE id = $1", owner.Id);

        async Task ShouldFindAsync(object criteria, params Person[] people) =>
            Assert.Equal(people.Select(person => person.Id).Order(), (await FoundAsync(await SearchAsync(owner, criteria, acting))).Order());

        foreach (var query in new[] { "jose", "JOSÉ", "Jose\u0301", "jose mun", "noz-ag", "ñoz agard", "ｊｏｓｅ", "oz-Ä", "+4930123456", "0)30 123", "j", "ag", "M" })
        {
            await ShouldFindAsync(new { query }, jose);
        }

        foreach (var query in new[] { "100%", "0%_s", "%_", "％_sure", "%", "_", "4940777", "0049 40" })
        {
            await ShouldFindAsync(new { query }, query is "%_" or "%" or "_" ? [] : [anna]);
        }

        // One or two letters match the beginning of a word: 'os' begins none, and '%' is not a wildcard.
        await ShouldFindAsync(new { query = "os" });
        await ShouldFindAsync(new { query = "an" }, anna);
        await ShouldFindAsync(new { first_name = "o" }, jose, owner);
        await ShouldFindAsync(new { first_name = "ose", last_name = "sure" });
        await ShouldFindAsync(new { first_name = "muñoz" });
        await ShouldFindAsync(new { last_name = "munoz", phone = "123-4" }, jose);
        await ShouldFindAsync(new { last_name = "%_" }, anna);
        await ShouldFindAsync(new { phone = "+49" }, jose, anna);
        await ShouldFindAsync(new { email = anna.Email.ToUpperInvariant()[..8] }, anna);
        await ShouldFindAsync(new { email = "@tests.example" }, jose, anna, owner);
        await ShouldFindAsync(new { query = "\u0301", first_name = " ", phone = (string?)null }, jose, anna, owner);
        await ShouldFindAsync(new { query = "a\\" });
    }

    [Fact]
    public async Task Criteria_that_are_too_long_are_named()
    {
        var (owner, organization) = await app.OwnerAsync();
        var (good, bad) = (new string('x', 255), new string('x', 256));
        Assert.Empty(await FoundAsync(await SearchAsync(owner, new { query = good, first_name = good, last_name = good, email = good, phone = good }, ("X-Organization", $"{organization}"))));
        await (await SearchAsync(owner, new { query = bad, first_name = bad, last_name = bad, email = bad, phone = "\u0001" }, ("X-Organization", $"{organization}")))
            .ShouldBeInvalidAsync("query", "first_name", "last_name", "email", "phone");
    }

    [Fact]
    public async Task Customers_and_anonymous_callers_cannot_search()
    {
        await (await SearchAsync(await app.SharedPersonAsync(), new { query = "jane" })).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await SearchAsync(null, new { query = "jane" })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        var (_, foreign) = await app.OwnerAsync();
        await (await SearchAsync(await app.SharedPersonAsync(), new { query = "jane" }, ("X-Organization", $"{foreign}"))).ShouldFailAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task More_than_a_thousand_matches_are_too_many()
    {
        var (owner, organization) = await app.OwnerAsync();
        await app.AccountsSqlAsync<object>(
            """
            WITH added AS (
                INSERT INTO accounts.users (id, email, normalized_email, first_name, last_name, created_at, updated_at)
                SELECT gen_random_uuid(), address, address, 'Crowd', 'Number ' || number, now(), now()
                FROM generate_series(1, 1001) number, LATERAL (SELECT $1::text || number || '@crowd.example' AS address) a RETURNING id)
            INSERT INTO accounts.memberships (organization_id, user_id, role, since) SELECT $2, id, 'customer', now() FROM added
            """,
            $"{Guid.NewGuid():N}", organization);
        var acting = ("X-Organization", organization.ToString());

        var problem = await (await SearchAsync(owner, new { query = "crowd" }, acting)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("Narrow your search", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await (await SearchAsync(owner, new { }, acting)).ShouldBeInvalidAsync("query");
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET first_name = 'Alone' WHERE last_name = 'Number 1001'");
        Assert.Equal(1000, (await FoundAsync(await SearchAsync(owner, new { first_name = "crowd", last_name = "number" }, acting))).Count);
    }

    [Fact]
    public async Task Changed_accounts_are_found_by_their_new_values()
    {
        var (owner, organization) = await app.OwnerAsync();
        await (await app.UpdateProfileAsync(owner, new { first_name = "Ottilie", username = $"otti{Guid.NewGuid().ToString("N")[..8]}" })).ShouldBeAsync(HttpStatusCode.OK);
        var acting = ("X-Organization", organization.ToString());
        Assert.Equal([owner.Id], await FoundAsync(await SearchAsync(owner, new { query = "ottilie doe" }, acting)));
        Assert.Equal([owner.Id], await FoundAsync(await SearchAsync(owner, new { query = "otti" }, acting)));
        Assert.Empty(await FoundAsync(await SearchAsync(owner, new { query = "jane" }, acting)));
    }

    [Fact]
    public async Task A_lookup_in_a_transaction_blocks_proof_of_the_address()
    {
        var person = await app.RegisterAsync();
        var mail = await app.MailAsync(person.Email, "confirm your email");
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var lookUp = scope.ServiceProvider.GetRequiredService<LookUpAccounts>();
        Task<HttpResponseMessage> proving;

        await using (var transaction = await scope.ServiceProvider.GetRequiredService<DatabaseSession>().BeginAsync(CancellationToken.None))
        {
            var found = await lookUp.ByEmailAsync(Caller.System(app.Home()), [person.Email], CancellationToken.None);
            Assert.False(Assert.Single(found.Value).EmailVerified);
            proving = app.PostAsync("email/verify/", new { token = mail.Token }, person);
            await app.WaitForBlockedSessionsAsync();
            Assert.False(Assert.Single((await lookUp.ByEmailAsync(Caller.System(app.Home()), [person.Email], CancellationToken.None)).Value).EmailVerified);
            await transaction.CommitAsync(CancellationToken.None);
        }

        await (await proving).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(Assert.Single((await lookUp.ByEmailAsync(Caller.System(app.Home()), [person.Email], CancellationToken.None)).Value).EmailVerified);
    }

    [Fact]
    public async Task An_enabled_account_is_found_by_its_number_or_UUID()
    {
        var person = await app.RegisterAsync();
        var number = await app.AccountsSqlAsync<long>("SELECT number FROM accounts.users WHERE id = $1", person.Id);
        Assert.Equal(person.Id, (await FindAsync($"{number}"))?.Id);
        Assert.Equal(number, (await FindAsync($"{person.Id}"))?.Number);
        Assert.Null(await FindAsync("99999999"));
        Assert.Null(await FindAsync("nonsense"));
        await app.DisableAsync(person.Email);
        Assert.Null(await FindAsync($"{number}"));
    }

    private async Task<AccountSummary?> FindAsync(string reference)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<LookUpAccounts>().FindByReferenceAsync(reference, CancellationToken.None);
    }

    private async Task<Person> MemberAsync(Guid organization, string firstName, string lastName, string address, string? phone)
    {
        var person = await app.RegisterAsync(NewEmail(address), firstName, lastName);
        await app.MakeMemberAsync(person.Email, OrganizationRole.Customer, organization);
        await (await app.UpdateProfileAsync(person, new { phone_number = phone })).ShouldBeAsync(HttpStatusCode.OK);
        return person;
    }

    private Task<HttpResponseMessage> LookUpAsync(Person? who, object body, params (string Name, string Value)[] headers) => app.PostAsync("accounts/lookup/", body, who, headers);

    private Task<HttpResponseMessage> SearchAsync(Person? who, object body, params (string Name, string Value)[] headers) => app.PostAsync("accounts/search/", body, who, headers);

    // Ordered by number.
    private static async Task<IEnumerable<Guid>> IdsAsync(HttpResponseMessage response) =>
        (await response.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("results").EnumerateArray()
            .OrderBy(card => card.GetProperty("number").GetInt64()).Select(card => card.GetProperty("id").GetGuid()).ToList();

    private static async Task<IReadOnlyCollection<Guid>> FoundAsync(HttpResponseMessage response) =>
        (await response.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("ids").EnumerateArray().Select(id => id.GetGuid()).ToList();

    private static IEnumerable<Guid> Guids(int count) => Enumerable.Range(0, count).Select(_ => Guid.NewGuid());
}

public sealed class LookUpsInOneProcess(OneProcess app) : LookUpTests(app), IClassFixture<OneProcess>;

public sealed class LookUpsInAccountsAlone(AccountsAlone app) : LookUpTests(app), IClassFixture<AccountsAlone>;
