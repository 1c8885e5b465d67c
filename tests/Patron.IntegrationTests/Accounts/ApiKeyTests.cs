using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Sessions;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Accounts;

public abstract class ApiKeyTests(PatronApp app)
{
    [Fact]
    public async Task A_new_key_is_shown_once_and_later_only_its_public_part()
    {
        var (owner, organization) = await app.OwnerAsync();
        var response = await app.CreateKeyAsync(owner, organization, new { name = " web shop ", scopes = new[] { "customers:read", "customers:read" } });
        var created = await response.ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(["id", "key", "credentials", "name", "scopes", "created_at", "expires_at"], created.EnumerateObject().Select(field => field.Name));
        Assert.Equal("web shop", created.GetProperty("name").GetString());
        Assert.Equal(["customers:read"], created.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(TimeSpan.FromDays(365), created.GetProperty("expires_at").GetDateTimeOffset() - created.GetProperty("created_at").GetDateTimeOffset());
        var credentials = created.GetProperty("credentials").GetString()!;
        var secret = credentials[(credentials.IndexOf(':', StringComparison.Ordinal) + 1)..];
        Assert.Equal(created.GetProperty("key").GetString(), credentials[..^(secret.Length + 1)]);

        var list = await app.GetAsync("keys/", owner, ("X-Organization", organization.ToString()));
        var listed = Assert.Single((await list.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray());
        Assert.Equal(["id", "key", "name", "scopes", "created_at", "expires_at", "created_by", "last_used_at"], listed.EnumerateObject().Select(field => field.Name));
        Assert.DoesNotContain(secret, await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.api_keys k WHERE k::text LIKE '%' || $1 || '%'", secret));
        Assert.Equal(1, await app.CountAuditEntriesAsync(created.GetProperty("id").GetGuid(), "api_key.created"));
    }

    [Fact]
    public async Task A_key_is_accepted_in_both_headers_and_exchanged_for_an_access_token()
    {
        var credentials = await app.ApiKeyAsync(null, "customers:read");
        foreach (var (name, value) in new[] { ("X-Api-Key", credentials), ("Authorization", $"token {credentials}"), ("Authorization", $"Token {credentials}") })
        {
            var answer = await (await app.PostAsync("token/key/", null, null, (name, value))).ShouldBeAsync(HttpStatusCode.OK);
            var token = answer.GetProperty("access").GetString()!;
            var claims = AccountCalls.ClaimsOf(token);
            Assert.Equal(app.Home(), claims.GetProperty("organization").GetGuid());
            Assert.Equal("customers:read", claims.GetProperty("scope").GetString());
            Assert.False(claims.TryGetProperty("user_id", out _));
            await (await app.PostAsync("token/verify/", new { token })).ShouldBeAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Wrong_credentials_are_refused()
    {
        var credentials = await app.ApiKeyAsync();
        var key = credentials.Split(':')[0];
        foreach (var wrong in new[] { credentials + "x", credentials[..^1], $"{key}:", key, $":{key}", "", "a:b", $"{key}:{new string('x', 5000)}", $"{new string('x', 100)}:y" })
        {
            await (await app.PostAsync("token/key/", null, null, ("X-Api-Key", wrong))).ShouldFailAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Wrong_credentials_with_the_id_of_a_key_do_not_affect_its_tokens()
    {
        var header = ("X-Api-Key", await app.ApiKeyAsync(null, "customers:read"));
        var token = (await (await app.PostAsync("token/key/", null, null, header)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access").GetString()!;
        var id = AccountCalls.ClaimsOf(token).GetProperty("key").GetString();
        await (await app.PostAsync("token/key/", null, null, header)).ShouldBeAsync(HttpStatusCode.OK);
        for (var i = 0; i < 5; i++)
        {
            app.Accounts.Services.GetRequiredService<CallerCache>().Clear();
            await (await app.PostAsync("token/key/", null, null, ("X-Api-Key", $"{id}:wrong"))).ShouldFailAsync(HttpStatusCode.Unauthorized);
            await (await app.PostAsync("token/verify/", new { token })).ShouldBeAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_revoked_key_and_its_tokens_are_refused_at_once()
    {
        var (owner, organization) = await app.OwnerAsync();
        var created = await (await app.CreateKeyAsync(owner, organization, new { name = "x", scopes = new[] { "customers:read" } })).ShouldBeAsync(HttpStatusCode.Created);
        var header = ("X-Api-Key", created.GetProperty("credentials").GetString()!);
        var token = (await (await app.PostAsync("token/key/", null, null, header)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access").GetString();
        var path = $"keys/{created.GetProperty("id").GetGuid()}/";

        await (await app.DeleteAsync(path, owner, ("X-Organization", organization.ToString()))).ShouldBeAsync(HttpStatusCode.NoContent);

        await (await app.PostAsync("token/key/", null, null, header)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("token/verify/", new { token })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.DeleteAsync(path, owner, ("X-Organization", organization.ToString()))).ShouldFailAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, (await (await app.GetAsync("keys/", owner, ("X-Organization", organization.ToString()))).ShouldBeAsync(HttpStatusCode.OK)).GetArrayLength());
        Assert.Equal(1, await app.CountAuditEntriesAsync(created.GetProperty("id").GetGuid(), "api_key.revoked"));
    }

    [Fact]
    public async Task Only_owners_create_list_and_revoke_keys_of_their_organization()
    {
        var (owner, organization) = await app.OwnerAsync();
        var employee = await app.RegisterAsync();
        await app.MakeMemberAsync(employee.Email, OrganizationRole.Employee, organization);
        var header = ("X-Organization", organization.ToString());
        await (await app.CreateKeyAsync(employee, organization, new { name = "x", scopes = new[] { "customers:read" } })).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.GetAsync("keys/", employee, header)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.DeleteAsync($"keys/{Guid.NewGuid()}/", employee, header)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.CreateKeyAsync(owner, app.Home(), new { name = "x", scopes = new[] { "customers:read" } })).ShouldFailAsync(HttpStatusCode.Forbidden);

        var (other, elsewhere) = await app.OwnerAsync();
        var foreign = await (await app.CreateKeyAsync(other, elsewhere, new { name = "x", scopes = new[] { "customers:read" } })).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.DeleteAsync($"keys/{foreign.GetProperty("id").GetGuid()}/", owner, header)).ShouldFailAsync(HttpStatusCode.NotFound);
        await (await app.PostAsync("token/key/", null, null, ("X-Api-Key", foreign.GetProperty("credentials").GetString()!))).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Invalid_fields_of_a_key_are_named()
    {
        var admin = await app.AdminAsync();
        await (await app.PostAsync("keys/", new { }, admin)).ShouldBeInvalidAsync("name", "scopes");
        await (await app.PostAsync("keys/", new { name = new string('x', 101), scopes = Array.Empty<string>(), expires_in_days = 0 }, admin)).ShouldBeInvalidAsync("name", "scopes", "expires_in_days");
        await (await app.PostAsync("keys/", new { name = "x", scopes = new[] { "customers:read", "everything" }, expires_in_days = 3651 }, admin)).ShouldBeInvalidAsync("scopes", "expires_in_days");
        await (await app.PostAsync("keys/", AccountCalls.Raw("""{"name": "x", "scopes": [null]}"""), admin)).ShouldBeInvalidAsync("scopes");
        await (await app.PostAsync("keys/", AccountCalls.Raw("""{"name": "x", "scopes": "customers:read"}"""), admin)).ShouldBeInvalidAsync("scopes");
        await (await app.PostAsync("keys/", AccountCalls.Raw("""{"name": "x", "scopes": ["customers:read"], "expires_in_days": "7"}"""), admin)).ShouldBeInvalidAsync("expires_in_days");
        await (await app.PostAsync("keys/", AccountCalls.Raw("""{"name": "x", "scopes": ["customers:read"], "expires_in_days": 99999999999}"""), admin)).ShouldBeInvalidAsync("expires_in_days");
    }

    [Fact]
    public async Task Routes_for_people_refuse_keys_and_routes_for_keys_refuse_people()
    {
        var credentials = await app.ApiKeyAsync();
        var header = ("X-Api-Key", credentials);
        await (await app.GetAsync("profile/", null, header)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.GetAsync("sessions/", null, header)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.GetAsync("keys/", null, header)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/organizations/1/members/", null, null, header)).ShouldBeAsync(HttpStatusCode.Forbidden);
        var access = (await (await app.PostAsync("token/key/", null, null, header)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access").GetString();
        await (await app.GetAsync("profile/", null, ("Authorization", $"Bearer {access}"))).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.PostAsync("token/key/", null, await app.SharedPersonAsync())).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.PostAsync("token/key/")).ShouldFailAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_acts_only_in_its_own_organization()
    {
        var organization = await app.OrganizationAsync();
        var number = await app.AccountsSqlAsync<long>("SELECT number FROM accounts.organizations WHERE id = $1", organization);
        var header = ("X-Api-Key", await app.ApiKeyAsync(organization));
        foreach (var own in new[] { organization.ToString(), $"{number}" })
        {
            await (await app.PostAsync("token/key/", null, null, header, ("X-Organization", own))).ShouldBeAsync(HttpStatusCode.OK);
        }

        foreach (var foreign in new[] { app.Home().ToString(), "1", "99999999", "nonsense", Guid.NewGuid().ToString() })
        {
            await (await app.PostAsync("token/key/", null, null, header, ("X-Organization", foreign))).ShouldFailAsync(HttpStatusCode.NotFound);
        }
    }
}

public sealed class ApiKeysInOneProcess(OneProcess app) : ApiKeyTests(app), IClassFixture<OneProcess>;

public sealed class ApiKeysInAccountsAlone(AccountsAlone app) : ApiKeyTests(app), IClassFixture<AccountsAlone>;

/// <summary>These tests change the clock, so they have a separate class.</summary>
public abstract class ApiKeysOverTimeTests(PatronApp app)
{
    [Fact]
    public async Task A_key_works_until_it_expires()
    {
        var (owner, organization) = await app.OwnerAsync();
        var created = await (await app.CreateKeyAsync(owner, organization, new { name = "x", scopes = new[] { "customers:read" }, expires_in_days = 7 })).ShouldBeAsync(HttpStatusCode.Created);
        var header = ("X-Api-Key", created.GetProperty("credentials").GetString()!);
        app.Time.Shift += TimeSpan.FromDays(7) - TimeSpan.FromMinutes(5);
        var token = (await (await app.PostAsync("token/key/", null, null, header)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access").GetString();
        app.Time.Shift += TimeSpan.FromMinutes(6);
        await (await app.PostAsync("token/key/", null, null, header)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("token/verify/", new { token })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        owner = await app.RefreshedAsync(owner);
        Assert.Equal(0, (await (await app.GetAsync("keys/", owner, ("X-Organization", organization.ToString()))).ShouldBeAsync(HttpStatusCode.OK)).GetArrayLength());
    }
}

public sealed class ApiKeysOverTimeInOneProcess(OneProcess app) : ApiKeysOverTimeTests(app), IClassFixture<OneProcess>;

public sealed class ApiKeysOverTimeInAccountsAlone(AccountsAlone app) : ApiKeysOverTimeTests(app), IClassFixture<AccountsAlone>;

/// <summary>Scopes are tested with customers, which need role all.</summary>
public sealed class ApiKeyScopesTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_key_is_limited_to_its_scopes()
    {
        var reading = ("X-Api-Key", await app.ApiKeyAsync(null, "customers:read"));
        var writing = ("X-Api-Key", await app.ApiKeyAsync(null, "customers:write"));
        await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/v1/customers/", null, null, reading)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/v1/customers/", null, null, writing)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await CreateAsync(reading)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await CreateAsync(writing)).ShouldBeAsync(HttpStatusCode.Created);
        var token = (await (await app.PostAsync("token/key/", null, null, reading)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access").GetString();
        await (await CreateAsync(("Authorization", $"Bearer {token}"))).ShouldBeAsync(HttpStatusCode.Forbidden);
    }

    private Task<HttpResponseMessage> CreateAsync((string, string) header) => app.Accounts.SendAsync(
        HttpMethod.Post, "/api/v1/customers/", null, new { first_name = "Jane", last_name = "Doe", email = Intents.NewEmail("customer") }, header);
}

internal static class ApiKeyIntents
{
    /// <summary>A new person with a proven address who owns a new organization.</summary>
    public static async Task<(Person Owner, Guid Organization)> OwnerAsync(this PatronApp app)
    {
        var owner = await app.RegisterProvenAsync();
        var organization = await app.OrganizationAsync();
        await app.MakeMemberAsync(owner.Email, OrganizationRole.Vendor, organization);
        return (owner, organization);
    }

    public static Task<HttpResponseMessage> CreateKeyAsync(this PatronApp app, Person owner, Guid organization, object body) =>
        app.PostAsync("keys/", body, owner, ("X-Organization", organization.ToString()));
}
