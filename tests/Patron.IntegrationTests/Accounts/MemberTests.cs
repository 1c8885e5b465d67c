using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

public abstract class MemberTests(PatronApp app)
{
    [Fact]
    public async Task Inviting_known_and_unknown_addresses_has_the_same_answer()
    {
        var (owner, organization) = await app.OwnerAsync();
        var known = await app.SharedPersonAsync();
        var answers = new List<string>();
        foreach (var email in new[] { known.Email, NewEmail("unknown"), owner.Email })
        {
            var response = await app.InviteAsync(owner, organization, email, "employee");
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        Assert.Single(answers.Distinct());
        await app.MailAsync(known.Email, "you're invited");
    }

    [Fact]
    public async Task An_invitation_is_accepted_once_by_the_account_with_its_address()
    {
        var (owner, organization) = await app.OwnerAsync();
        var person = await app.RegisterAsync();
        var stranger = await app.SharedPersonAsync();
        await (await app.InviteAsync(owner, organization, person.Email.ToUpperInvariant(), "employee")).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = (await app.MailAsync(person.Email, "you're invited")).Token;

        await (await app.AcceptAsync(stranger, token)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/organizations/invitations/accept/", null, new { token })).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.MembersAsync(person, organization)).ShouldBeAsync(HttpStatusCode.NotFound);

        var answer = await (await app.AcceptAsync(person, token)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["organization", "role", "since"], answer.EnumerateObject().Select(field => field.Name));
        Assert.Equal(organization, answer.GetProperty("organization").GetGuid());
        Assert.Equal("employee", answer.GetProperty("role").GetString());
        await (await app.MembersAsync(person, organization)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.AcceptAsync(person, token)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal("employee", AccountCalls.ClaimsOf((await app.RefreshedAsync(person)).Access).GetProperty("user_role").GetString());
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "member.joined"));
    }

    [Fact]
    public async Task A_new_account_accepts_an_invitation_and_invites_after_proving_its_address()
    {
        var (owner, organization) = await app.OwnerAsync();
        var email = NewEmail("invited");
        await (await app.InviteAsync(owner, organization, email, "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = (await app.MailAsync(email, "you're invited")).Token;
        var person = await app.RegisterAsync(email);
        await (await app.AcceptAsync(person, token)).ShouldBeAsync(HttpStatusCode.OK);

        var refused = await (await app.InviteAsync(person, organization, NewEmail(), "customer")).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Contains("Confirm your email address", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await app.ProveAsync(person);
        await (await app.InviteAsync(person, organization, NewEmail(), "customer")).ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_new_invitation_replaces_the_open_one_and_never_lowers_a_role()
    {
        var (owner, organization) = await app.OwnerAsync();
        var person = await app.RegisterAsync();
        await (await app.InviteAsync(owner, organization, person.Email, "customer")).ShouldBeAsync(HttpStatusCode.Accepted);
        var first = (await app.MailAsync(person.Email, "you're invited")).Token;
        await (await app.InviteAsync(owner, organization, person.Email, "employee")).ShouldBeAsync(HttpStatusCode.Accepted);
        var second = await app.NextInvitationAsync(person, 2);
        await (await app.AcceptAsync(person, first)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal("employee", (await (await app.AcceptAsync(person, second)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("role").GetString());

        await (await app.InviteAsync(owner, organization, person.Email, "customer")).ShouldBeAsync(HttpStatusCode.Accepted);
        var third = await app.NextInvitationAsync(person, 3);
        Assert.Equal("employee", (await (await app.AcceptAsync(person, third)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("role").GetString());
    }

    [Fact]
    public async Task Staff_list_members_by_page_and_open_invitations()
    {
        var (owner, organization) = await app.OwnerAsync();
        var employee = await app.RegisterAsync();
        await app.MakeMemberAsync(employee.Email, OrganizationRole.Employee, organization);
        var invited = NewEmail("invited");
        await (await app.InviteAsync(owner, organization, invited, "customer")).ShouldBeAsync(HttpStatusCode.Accepted);

        var all = await (await app.MembersAsync(employee, organization)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["count", "results", "invited"], all.EnumerateObject().Select(field => field.Name));
        Assert.Equal(2, all.GetProperty("count").GetInt32());
        Assert.Equal([owner.Id, employee.Id], all.GetProperty("results").EnumerateArray().Select(member => member.GetProperty("user").GetGuid()));
        Assert.Equal(["user", "email", "first_name", "last_name", "role", "since"], all.GetProperty("results")[0].EnumerateObject().Select(field => field.Name));
        var open = Assert.Single(all.GetProperty("invited").EnumerateArray());
        Assert.Equal(invited, open.GetProperty("email").GetString());
        Assert.Equal(JsonValueKind.Null, open.GetProperty("user").ValueKind);

        var second = await (await app.MembersAsync(employee, organization, "?page=2&page_size=1")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(2, second.GetProperty("count").GetInt32());
        Assert.Equal(employee.Id, Assert.Single(second.GetProperty("results").EnumerateArray()).GetProperty("user").GetGuid());
        var owners = await (await app.MembersAsync(employee, organization, "?role=vendor")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(owner.Id, Assert.Single(owners.GetProperty("results").EnumerateArray()).GetProperty("user").GetGuid());
    }

    [Theory]
    [InlineData("?page=0", "page")]
    [InlineData("?page=x", "page")]
    [InlineData("?page=2147483647&page_size=1000", "page")]
    [InlineData("?page_size=0", "page_size")]
    [InlineData("?page_size=1001", "page_size")]
    [InlineData("?page_size=x", "page_size")]
    [InlineData("?page_size=99999999999", "page_size")]
    [InlineData("?role=boss", "role")]
    [InlineData("?role=7", "role")]
    public async Task An_invalid_parameter_is_named_as_it_was_spelled(string query, string field)
    {
        var admin = await app.SharedAdminAsync();
        await (await app.MembersAsync(admin, app.Home(), query)).ShouldBeInvalidAsync(field);
    }

    [Fact]
    public async Task Customers_and_anonymous_callers_cannot_list_or_change_members()
    {
        var customer = await app.SharedPersonAsync();
        await (await app.MembersAsync(customer, app.Home())).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.InviteAsync(customer, app.Home(), NewEmail(), "vendor")).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.RemoveAsync(customer, app.Home(), Guid.NewGuid())).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Accounts.SendAsync(HttpMethod.Get, $"/api/organizations/{app.Home()}/members/")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var (_, foreign) = await app.OwnerAsync();
        await (await app.MembersAsync(customer, foreign)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.InviteAsync(customer, foreign, NewEmail(), "vendor")).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.RemoveAsync(customer, foreign, customer.Id)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_employee_can_list_members_and_leave_but_not_invite_or_remove()
    {
        var (owner, organization) = await app.OwnerAsync();
        var employee = await app.RegisterAsync();
        await app.MakeMemberAsync(employee.Email, OrganizationRole.Employee, organization);
        await (await app.InviteAsync(employee, organization, NewEmail(), "customer")).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.RemoveAsync(employee, organization, owner.Id)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.RemoveAsync(employee, organization, employee.Id)).ShouldBeAsync(HttpStatusCode.NoContent);
        await (await app.MembersAsync(employee, organization)).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal(1, await app.CountAuditEntriesAsync(employee.Id, "member.removed"));
    }

    [Fact]
    public async Task The_last_owner_cannot_leave_and_a_removal_takes_effect_at_once()
    {
        var (owner, organization) = await app.OwnerAsync();
        await (await app.RemoveAsync(owner, organization, owner.Id)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.RemoveAsync(owner, organization, Guid.NewGuid())).ShouldBeAsync(HttpStatusCode.NotFound);
        var second = await app.RegisterAsync();
        await app.MakeMemberAsync(second.Email, OrganizationRole.Vendor, organization);
        await (await app.MembersAsync(second, organization)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.RemoveAsync(owner, organization, second.Id)).ShouldBeAsync(HttpStatusCode.NoContent);
        await (await app.MembersAsync(second, organization)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Of_two_owners_who_remove_each_other_concurrently_one_remains()
    {
        var (first, organization) = await app.OwnerAsync();
        var second = await app.RegisterAsync();
        for (var round = 0; round < 5; round++)
        {
            await app.MakeMemberAsync(first.Email, OrganizationRole.Vendor, organization);
            await app.MakeMemberAsync(second.Email, OrganizationRole.Vendor, organization);
            await Task.WhenAll(app.MembersAsync(first, organization), app.MembersAsync(second, organization));
            var answers = await Task.WhenAll(app.RemoveAsync(first, organization, second.Id), app.RemoveAsync(second, organization, first.Id));
            Assert.Equal(1, answers.Count(HttpStatusCode.NoContent));
            // After the removal was committed, the other one is not a member any more: 404. Before that, the last owner stays: 400.
            Assert.Equal(1, answers.Count(HttpStatusCode.BadRequest) + answers.Count(HttpStatusCode.NotFound));
            Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.memberships WHERE organization_id = $1", organization));
        }
    }

    [Fact]
    public async Task An_organization_is_addressed_by_number_or_UUID()
    {
        var (owner, organization) = await app.OwnerAsync();
        var number = await app.AccountsSqlAsync<long>("SELECT number FROM accounts.organizations WHERE id = $1", organization);
        foreach (var id in new[] { organization.ToString(), organization.ToString().ToUpperInvariant(), $"{number}" })
        {
            await (await app.Accounts.SendAsync(HttpMethod.Get, $"/api/organizations/{id}/members/", owner)).ShouldBeAsync(HttpStatusCode.OK);
            await (await app.GetAsync("keys/", owner, ("X-Organization", id))).ShouldBeAsync(HttpStatusCode.OK);
        }

        var (_, foreign) = await app.OwnerAsync();
        foreach (var id in new[] { foreign.ToString(), "99999999", "nonsense", "-1", Guid.NewGuid().ToString(), new string('9', 300) })
        {
            await (await app.Accounts.SendAsync(HttpMethod.Get, $"/api/organizations/{id}/members/", owner)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.GetAsync("keys/", owner, ("X-Organization", id))).ShouldFailAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task An_administrator_acts_in_every_organization()
    {
        var (owner, organization) = await app.OwnerAsync();
        var admin = await app.SharedAdminAsync();
        await (await app.MembersAsync(admin, organization)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.InviteAsync(admin, organization, NewEmail(), "employee")).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await app.CreateKeyAsync(admin, organization, new { name = "x", scopes = new[] { "customers:read" } })).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.RemoveAsync(admin, organization, owner.Id)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.MembersAsync(admin, Guid.NewGuid())).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal("admin", AccountCalls.ClaimsOf(admin.Access).GetProperty("user_role").GetString());
    }

    [Theory]
    [InlineData("boss")]
    [InlineData("1")]
    [InlineData("customer, employee")]
    [InlineData("")]
    public async Task An_unknown_role_is_named(string role) =>
        await (await app.InviteAsync(await app.SharedAdminAsync(), app.Home(), NewEmail(), role)).ShouldBeInvalidAsync("role");

    [Fact]
    public async Task Only_callers_who_can_invite_get_validation_errors()
    {
        await (await app.InviteAsync(await app.SharedAdminAsync(), app.Home(), "nobody", "employee")).ShouldBeInvalidAsync("email");
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/organizations/invitations/accept/", await app.SharedPersonAsync(), new { token = "" })).ShouldBeInvalidAsync("token");
        await (await app.AcceptAsync(await app.SharedPersonAsync(), "garbage")).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task One_sender_can_invite_fifty_people_an_hour()
    {
        var (owner, organization) = await app.OwnerAsync();
        await using var server = await app.StartAnotherAsync(("Accounts:InvitationsPerSenderAndHour", "3"));
        for (var i = 0; i < 3; i++)
        {
            await (await InviteAsync()).ShouldBeAsync(HttpStatusCode.Accepted);
        }

        var response = await InviteAsync();
        await response.ShouldBeAsync(HttpStatusCode.TooManyRequests);
        Assert.NotNull(response.Headers.RetryAfter);

        Task<HttpResponseMessage> InviteAsync() =>
            server.SendAsync(HttpMethod.Post, $"/api/organizations/{organization}/members/", owner, new { email = NewEmail("many"), role = "customer" });
    }

    [Fact]
    public async Task Of_fifty_concurrent_acceptances_of_an_invitation_one_takes_effect()
    {
        var (owner, organization) = await app.OwnerAsync();
        var person = await app.RegisterAsync();
        await (await app.InviteAsync(owner, organization, person.Email, "employee")).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = (await app.MailAsync(person.Email, "you're invited")).Token;
        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.AcceptAsync(person, token));
        Assert.Equal(1, answers.Count(HttpStatusCode.OK));
        Assert.Equal(49, answers.Count(HttpStatusCode.BadRequest));
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "member.joined"));
    }

    [Fact]
    public async Task Of_fifty_concurrent_invitations_of_one_person_three_are_sent_and_one_is_open()
    {
        var (owner, organization) = await app.OwnerAsync();
        await app.AgeOrganizationAsync(organization);
        var email = NewEmail("crowded");
        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.InviteAsync(owner, organization, email, "customer"));
        Assert.InRange(answers.Count(HttpStatusCode.Accepted), 1, 3);
        Assert.Equal(47, answers.Count(HttpStatusCode.TooManyRequests));
        Assert.Equal(50, answers.Count(HttpStatusCode.Accepted) + answers.Count(HttpStatusCode.BadRequest) + answers.Count(HttpStatusCode.TooManyRequests));
        Assert.Equal(1, await app.AccountsSqlAsync<long>(
            "SELECT count(*) FROM accounts.invitations WHERE organization_id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL", organization));
    }

    [Fact]
    public async Task A_mailbox_gets_three_invitations_an_hour_over_all_senders_and_staff_see_the_limit()
    {
        var stranger = NewEmail("stranger");
        var accepted = 0;
        for (var sender = 0; sender < 5; sender++)
        {
            var (owner, organization) = await app.OwnerAsync();
            var answers = await AccountCalls.ConcurrentlyAsync(30, _ => app.InviteAsync(owner, organization, stranger, "customer"));
            accepted += answers.Count(HttpStatusCode.Accepted);
            if (sender == 0)
            {
                Assert.Equal(1, await app.CountAuditEntriesAsync(organization, "mail.withheld"));
            }
        }

        Assert.InRange(accepted, 1, 3);
        await app.UntilOutboxIsEmptyAsync();
        Assert.Equal(accepted, app.MailsTo(stranger).Count);
    }

    [Fact]
    public async Task A_new_organization_can_invite_ten_people_a_day()
    {
        var (owner, organization) = await app.OwnerAsync();
        var answers = await AccountCalls.ConcurrentlyAsync(12, _ => app.InviteAsync(owner, organization, NewEmail("first"), "customer"));
        Assert.Equal((10, 2), (answers.Count(HttpStatusCode.Accepted), answers.Count(HttpStatusCode.TooManyRequests)));

        await app.AgeOrganizationAsync(organization);
        await (await app.InviteAsync(owner, organization, NewEmail("more"), "customer")).ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Invitations_quote_and_shorten_the_name_of_the_organization()
    {
        var (owner, organization) = await app.OwnerAsync();
        await app.AccountsSqlAsync<object>("UPDATE accounts.organizations SET name = $2 WHERE id = $1", organization, $"Bank\u2028You \"won\" {new string('x', 200)}");
        var invited = NewEmail("named");
        await (await app.InviteAsync(owner, organization, invited, "customer")).ShouldBeAsync(HttpStatusCode.Accepted);
        Assert.Contains($"\n\"Bank You 'won' {new string('x', 44)}…\" invites you to join.", (await app.MailAsync(invited)).Text, StringComparison.Ordinal);
    }
}

public sealed class MembersInOneProcess(OneProcess app) : MemberTests(app), IClassFixture<OneProcess>;

public sealed class MembersInAccountsAlone(AccountsAlone app) : MemberTests(app), IClassFixture<AccountsAlone>;

/// <summary>These tests change the clock, so they have a separate class.</summary>
public abstract class InvitationsOverTimeTests(PatronApp app)
{
    [Fact]
    public async Task An_invitation_is_open_for_thirty_days()
    {
        var (owner, organization) = await app.OwnerAsync();
        var person = await app.RegisterAsync();
        await (await app.InviteAsync(owner, organization, person.Email, "employee")).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = (await app.MailAsync(person.Email, "you're invited")).Token;
        app.Time.Shift += TimeSpan.FromDays(15);
        (owner, person) = (await app.RefreshedAsync(owner), await app.RefreshedAsync(person));
        app.Time.Shift += TimeSpan.FromDays(15);
        (owner, person) = (await app.RefreshedAsync(owner), await app.RefreshedAsync(person));
        await (await app.AcceptAsync(person, token)).ShouldBeAsync(HttpStatusCode.BadRequest);
        var members = await (await app.MembersAsync(owner, organization)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, members.GetProperty("invited").GetArrayLength());
        await (await app.InviteAsync(owner, organization, person.Email, "employee")).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await app.AcceptAsync(person, await app.NextInvitationAsync(person, 2))).ShouldBeAsync(HttpStatusCode.OK);
    }
}

public sealed class InvitationsOverTimeInOneProcess(OneProcess app) : InvitationsOverTimeTests(app), IClassFixture<OneProcess>;

public sealed class InvitationsOverTimeInAccountsAlone(AccountsAlone app) : InvitationsOverTimeTests(app), IClassFixture<AccountsAlone>;

internal static class MemberIntents
{
    public static Task<HttpResponseMessage> InviteAsync(this PatronApp app, Person who, Guid organization, string email, string role) =>
        app.Accounts.SendAsync(HttpMethod.Post, $"/api/organizations/{organization}/members/", who, new { email, role });

    public static Task<HttpResponseMessage> AcceptAsync(this PatronApp app, Person who, string token) =>
        app.Accounts.SendAsync(HttpMethod.Post, "/api/organizations/invitations/accept/", who, new { token });

    public static Task<HttpResponseMessage> MembersAsync(this PatronApp app, Person who, Guid organization, string query = "") =>
        app.Accounts.SendAsync(HttpMethod.Get, $"/api/organizations/{organization}/members/{query}", who);

    public static Task<HttpResponseMessage> RemoveAsync(this PatronApp app, Person who, Guid organization, Guid user) =>
        app.Accounts.SendAsync(HttpMethod.Delete, $"/api/organizations/{organization}/members/{user}/", who);

    /// <summary>Waits for this number of invitations and returns the token of the last one.</summary>
    public static async Task<string> NextInvitationAsync(this PatronApp app, Person person, int count)
    {
        await AccountCalls.WithinAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(Invitations().Count() == count), $"{count} invitations came");
        return Invitations().Last().Token;

        IEnumerable<ReceivedMail> Invitations() => app.MailsTo(person.Email).Where(mail => mail.Subject.StartsWith("You're invited", StringComparison.Ordinal));
    }
}
