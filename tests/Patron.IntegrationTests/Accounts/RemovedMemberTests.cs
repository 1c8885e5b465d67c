using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>What a membership leaves behind when it ends: nothing by which the person could get back in.</summary>
public abstract class RemovedMemberTests(PatronApp app)
{
    [Fact]
    public async Task A_removal_withdraws_invitations_to_and_from_the_member()
    {
        var (owner, organization) = await app.OwnerAsync();
        var member = await app.OwnerOfAsync(organization);
        await (await app.InviteAsync(owner, organization, member.Email, "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
        var own = (await app.MailAsync(member.Email, "you're invited")).Token;
        var accomplice = await app.RegisterAsync();
        await (await app.InviteAsync(member, organization, accomplice.Email, "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
        var sent = (await app.MailAsync(accomplice.Email, "you're invited")).Token;
        var kept = await app.RegisterAsync();
        await (await app.InviteAsync(owner, organization, kept.Email, "employee")).ShouldBeAsync(HttpStatusCode.Accepted);
        var other = (await app.MailAsync(kept.Email, "you're invited")).Token;

        await (await app.RemoveAsync(owner, organization, member.Id)).ShouldBeAsync(HttpStatusCode.NoContent);

        var refused = await (await app.AcceptAsync(member, own)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("withdrawn", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await (await app.AcceptAsync(accomplice, sent)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.AcceptAsync(kept, other)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Leaving_withdraws_an_invitation_to_the_address_that_the_person_is_changing_to()
    {
        var (owner, organization) = await app.OwnerAsync();
        var member = await app.RegisterProvenAsync();
        await app.MakeMemberAsync(member.Email, OrganizationRole.Employee, organization);
        var pending = NewEmail("next");
        await (await app.UpdateProfileAsync(member, new { email = pending, current_password = member.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var confirmation = (await app.MailAsync(pending, "confirm your new")).Token;
        await (await app.InviteAsync(owner, organization, pending, "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = (await app.MailAsync(pending, "you're invited")).Token;

        await (await app.RemoveAsync(member, organization, member.Id)).ShouldBeAsync(HttpStatusCode.NoContent);

        await (await app.PostAsync("email/verify/", new { token = confirmation }, member)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.AcceptAsync(member, token)).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_removal_ends_the_API_keys_that_the_member_made()
    {
        var (owner, organization) = await app.OwnerAsync();
        var member = await app.OwnerOfAsync(organization);
        var (key, header) = await KeyAsync(member, organization);
        var (kept, keptHeader) = await KeyAsync(owner, organization);

        await (await app.RemoveAsync(owner, organization, member.Id)).ShouldBeAsync(HttpStatusCode.NoContent);

        await (await app.PostAsync("token/key/", null, null, header)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("token/key/", null, null, keptHeader)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(kept, Assert.Single(await KeysAsync(owner, organization)).GetProperty("id").GetGuid());
        Assert.Equal(1, await app.CountAuditEntriesAsync(key, "api_key.revoked"));
    }

    [Fact]
    public async Task An_owner_takes_over_the_keys_of_the_removed_member()
    {
        var (owner, organization) = await app.OwnerAsync();
        var member = await app.OwnerOfAsync(organization);
        var (key, header) = await KeyAsync(member, organization);
        Assert.Equal(member.Id, Assert.Single(await KeysAsync(owner, organization)).GetProperty("created_by").GetGuid());

        await (await RemoveAsync(member, organization, member.Id, owner.Id)).ShouldBeAsync(HttpStatusCode.NoContent);

        await (await app.PostAsync("token/key/", null, null, header)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(owner.Id, Assert.Single(await KeysAsync(owner, organization)).GetProperty("created_by").GetGuid());
        Assert.Equal(1, await app.CountAuditEntriesAsync(key, "api_key.transferred"));
    }

    [Fact]
    public async Task Only_another_owner_can_take_keys_over_and_a_refusal_changes_nothing()
    {
        var (owner, organization) = await app.OwnerAsync();
        var member = await app.OwnerOfAsync(organization);
        var employee = await app.RegisterAsync();
        await app.MakeMemberAsync(employee.Email, OrganizationRole.Employee, organization);
        var (_, header) = await KeyAsync(member, organization);

        foreach (var heir in new[] { employee.Id, member.Id, Guid.NewGuid(), (await app.SharedPersonAsync()).Id })
        {
            await (await RemoveAsync(owner, organization, member.Id, heir)).ShouldBeInvalidAsync("keys_to");
        }

        await (await app.Accounts.SendAsync(HttpMethod.Delete, $"/api/organizations/{organization}/members/{member.Id}/?keys_to=nobody", owner))
            .ShouldBeInvalidAsync("keys_to");
        await (await app.MembersAsync(member, organization)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PostAsync("token/key/", null, null, header)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_shows_when_it_was_last_used_and_a_wrong_secret_is_no_use()
    {
        var (owner, organization) = await app.OwnerAsync();
        var (_, header) = await KeyAsync(owner, organization);
        await (await app.PostAsync("token/key/", null, null, ("X-Api-Key", header.Value.Split(':')[0] + ":wrong"))).ShouldFailAsync(HttpStatusCode.Unauthorized);
        var (_, used) = await KeyAsync(owner, organization);
        var before = DateTimeOffset.UtcNow;
        await (await app.PostAsync("token/key/", null, null, used)).ShouldBeAsync(HttpStatusCode.OK);

        await Eventually.BecomeTrueAsync(async () => (await KeysAsync(owner, organization)).Any(key => LastUse(key) is not null));

        var keys = await KeysAsync(owner, organization);
        Assert.InRange(LastUse(keys[0])!.Value, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Null(LastUse(keys[1]));
    }

    [Fact]
    public async Task A_member_who_is_removed_while_accepting_an_invitation_is_no_member_afterwards()
    {
        for (var round = 0; round < 10; round++)
        {
            var (owner, organization) = await app.OwnerAsync();
            var member = await app.RegisterAsync();
            await app.MakeMemberAsync(member.Email, OrganizationRole.Employee, organization);
            await (await app.InviteAsync(owner, organization, member.Email, "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
            var token = (await app.MailAsync(member.Email, "you're invited")).Token;
            var remover = round % 2 == 0 ? owner : member;

            var answers = await Task.WhenAll(app.AcceptAsync(member, token), app.RemoveAsync(remover, organization, member.Id));

            Assert.Equal(HttpStatusCode.NoContent, answers[1].StatusCode);
            Assert.True(answers[0].StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{answers[0].StatusCode}");
            await (await app.MembersAsync(member, organization)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.AcceptAsync(member, token)).ShouldBeAsync(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task A_key_or_invitation_that_a_member_makes_during_the_removal_does_not_outlive_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var (owner, organization) = await app.OwnerAsync();
            var member = await app.OwnerOfAsync(organization);
            await app.MembersAsync(member, organization);

            var answers = await Task.WhenAll(
                app.RemoveAsync(owner, organization, member.Id),
                app.CreateKeyAsync(member, organization, new { name = "late", scopes = new[] { "customers:read" } }),
                app.InviteAsync(member, organization, NewEmail("late"), "vendor"));

            Assert.Equal(HttpStatusCode.NoContent, answers[0].StatusCode);
            Assert.All(answers, answer => Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode));
            Assert.Empty(await KeysAsync(owner, organization));
            var members = await (await app.MembersAsync(owner, organization)).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(0, members.GetProperty("invited").GetArrayLength());
        }
    }

    [Fact]
    public async Task Demotion_of_the_last_owner_is_refused_and_changes_nothing()
    {
        var (owner, organization) = await app.OwnerAsync();
        var (_, header) = await KeyAsync(owner, organization);

        foreach (var role in new[] { OrganizationRole.Employee, OrganizationRole.Customer })
        {
            var refused = await app.ChangeRoleAsync(owner.Email, role, organization);
            Assert.Contains("last owner", refused?.Sentence, StringComparison.Ordinal);
        }

        await (await app.PostAsync("token/key/", null, null, header)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.InviteAsync(owner, organization, NewEmail("next"), "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Demotion_ends_the_keys_and_invitations_of_the_former_owner()
    {
        var (owner, organization) = await app.OwnerAsync();
        var member = await app.OwnerOfAsync(organization);
        var (key, header) = await KeyAsync(member, organization);
        var (kept, _) = await KeyAsync(owner, organization);
        await (await app.InviteAsync(member, organization, member.Email, "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = (await app.MailAsync(member.Email, "you're invited")).Token;

        Assert.Null(await app.ChangeRoleAsync(member.Email, OrganizationRole.Employee, organization));

        await (await app.PostAsync("token/key/", null, null, header)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(kept, Assert.Single(await KeysAsync(owner, organization)).GetProperty("id").GetGuid());
        Assert.Equal(1, await app.CountAuditEntriesAsync(key, "api_key.revoked"));
        await (await app.AcceptAsync(member, token)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.InviteAsync(member, organization, NewEmail("late"), "vendor")).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.MembersAsync(member, organization)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_two_owners_who_are_demoted_at_once_one_stays()
    {
        for (var round = 0; round < 10; round++)
        {
            var (owner, organization) = await app.OwnerAsync();
            var member = await app.OwnerOfAsync(organization);

            var errors = await Task.WhenAll(
                app.ChangeRoleAsync(owner.Email, OrganizationRole.Employee, organization),
                app.ChangeRoleAsync(member.Email, OrganizationRole.Customer, organization));

            Assert.Single(errors, error => error is null);
            Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.memberships WHERE organization_id = $1 AND role = 'vendor'", organization));
        }
    }

    private async Task<(Guid Id, (string Name, string Value) Header)> KeyAsync(Person owner, Guid organization)
    {
        var created = await (await app.CreateKeyAsync(owner, organization, new { name = "shop", scopes = new[] { "customers:read" } })).ShouldBeAsync(HttpStatusCode.Created);
        return (created.GetProperty("id").GetGuid(), ("X-Api-Key", created.GetProperty("credentials").GetString()!));
    }

    private async Task<IReadOnlyList<JsonElement>> KeysAsync(Person owner, Guid organization) =>
        [.. (await (await app.GetAsync("keys/", owner, ("X-Organization", organization.ToString()))).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray()];

    private static DateTimeOffset? LastUse(JsonElement key) =>
        key.GetProperty("last_used_at").ValueKind == JsonValueKind.Null ? null : key.GetProperty("last_used_at").GetDateTimeOffset();

    private Task<HttpResponseMessage> RemoveAsync(Person who, Guid organization, Guid user, Guid keysTo) =>
        app.Accounts.SendAsync(HttpMethod.Delete, $"/api/organizations/{organization}/members/{user}/?keys_to={keysTo}", who);
}

public sealed class RemovedMembersInOneProcess(OneProcess app) : RemovedMemberTests(app), IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_removal_withdraws_offers_to_the_member()
    {
        var (vendor, made) = await app.ProvenBusinessAsync();
        var organization = await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.organizations WHERE number = $1", made.GetProperty("organization").GetProperty("id").GetInt64());
        var member = await app.RegisterProvenAsync();
        await app.MakeMemberAsync(member.Email, OrganizationRole.Employee, organization);
        var offered = await app.OfferAsync(vendor, member);
        Assert.Single(await app.OffersAsync(member));

        await (await app.RemoveAsync(vendor, organization, member.Id)).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Empty(await app.OffersAsync(member));
        await (await app.AnswerOfferAsync(member, offered, "accept")).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.MembersAsync(member, organization)).ShouldBeAsync(HttpStatusCode.NotFound);
    }
}

public sealed class RemovedMembersInAccountsAlone(AccountsAlone app) : RemovedMemberTests(app), IClassFixture<AccountsAlone>;

/// <summary>These tests change the clock, so they have a separate class.</summary>
public sealed class ApiKeyUseOverTimeTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task The_use_of_a_key_is_recorded_once_an_hour()
    {
        var credentials = ("X-Api-Key", await app.ApiKeyAsync());
        await UseAsync();
        await Eventually.BecomeTrueAsync(async () => await LastUseAsync() is not null);
        var first = await LastUseAsync();

        app.Time.Shift += TimeSpan.FromMinutes(50);
        await UseAsync();
        app.Time.Shift += TimeSpan.FromMinutes(20);
        await UseAsync();
        await Eventually.BecomeTrueAsync(async () => await LastUseAsync() >= first + TimeSpan.FromMinutes(70));

        async Task UseAsync() => await (await app.PostAsync("token/key/", null, null, credentials)).ShouldBeAsync(HttpStatusCode.OK);
        async Task<DateTime?> LastUseAsync() => await app.AccountsSqlAsync<DateTime?>("SELECT max(last_used_at) FROM accounts.api_keys");
    }
}

internal static class RemovedMemberIntents
{
    /// <summary>Another owner of the organization, with a proven address.</summary>
    public static async Task<Person> OwnerOfAsync(this PatronApp app, Guid organization)
    {
        var owner = await app.RegisterProvenAsync();
        await app.MakeMemberAsync(owner.Email, OrganizationRole.Vendor, organization);
        return owner;
    }
}
