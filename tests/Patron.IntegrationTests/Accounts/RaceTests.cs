using System.Net;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>
/// Fifty concurrent requests for something that only one can get: one row and clear answers, never a 500 (contract, 'Invariants').
/// </summary>
public abstract class RaceTests(PatronApp app)
{
    [Fact]
    public async Task Of_fifty_concurrent_registrations_of_one_address_one_succeeds()
    {
        var email = NewEmail("raced");
        var answers = await AccountCalls.ConcurrentlyAsync(50, number => app.TryRegisterAsync(number % 2 == 0 ? email : email.ToUpperInvariant()));
        await ShouldBeOneAsync(answers);
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1", email));
        await AccountCalls.WithinAsync(TimeSpan.FromSeconds(10), async () => await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages") == 0, "all mails left");
        Assert.Single(app.MailsTo(email));
    }

    [Fact]
    public async Task Of_fifty_concurrent_registrations_of_one_user_name_one_succeeds()
    {
        var username = $"raced{Guid.NewGuid().ToString("N")[..8]}";
        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.TryRegisterAsync(NewEmail(), username: username));
        await ShouldBeOneAsync(answers);
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_user_name = $1", username));
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users u WHERE NOT EXISTS (SELECT FROM accounts.memberships m WHERE m.user_id = u.id)"));
    }

    [Fact]
    public async Task A_user_name_requested_by_a_registration_and_a_change_goes_to_one_account()
    {
        var people = new List<Person>();
        for (var i = 0; i < 4; i++)
        {
            people.Add(await app.RegisterAsync());
        }

        var username = $"wanted{Guid.NewGuid().ToString("N")[..8]}";
        var answers = await Task.WhenAll(people.Select(person => app.UpdateProfileAsync(person, new { username }))
            .Concat(Enumerable.Range(0, 4).Select(_ => app.TryRegisterAsync(NewEmail(), username: username))));
        Assert.Equal(1, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.Equal(7, answers.Count(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task An_address_proven_and_registered_concurrently_goes_to_one_account()
    {
        var person = await app.RegisterAsync();
        var email = NewEmail("wanted");
        await (await app.UpdateProfileAsync(person, new { email, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var token = (await app.MailAsync(email, "confirm your new")).Token;
        var answers = await Task.WhenAll(app.TryRegisterAsync(email), app.PostAsync("email/verify/", new { token }, person));
        Assert.Equal(1, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.Equal(1, answers.Count(HttpStatusCode.BadRequest));
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1", email));
    }

    [Fact]
    public async Task Concurrent_changes_of_different_fields_are_all_kept()
    {
        var person = await app.RegisterAsync();
        var username = $"both{Guid.NewGuid().ToString("N")[..8]}";
        var answers = await Task.WhenAll(
            app.UpdateProfileAsync(person, new { first_name = "Janet" }),
            app.UpdateProfileAsync(person, new { last_name = "Smith" }),
            app.UpdateProfileAsync(person, new { phone_number = "+1 555 0123" }),
            app.UpdateProfileAsync(person, new { username }));
        Assert.Equal(4, answers.Count(HttpStatusCode.OK));
        var account = await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(
            ("Janet", "Smith", "+1 555 0123", username),
            (account.GetProperty("first_name").GetString(), account.GetProperty("last_name").GetString(), account.GetProperty("phone_number").GetString(), account.GetProperty("username").GetString()));
    }

    // If hashing fifty passwords takes too long, some requests are 503 instead of 400.
    private static async Task ShouldBeOneAsync(HttpResponseMessage[] answers)
    {
        Assert.Equal(1, answers.Count(HttpStatusCode.Created));
        foreach (var loser in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            await loser.ShouldFailAsync(loser.StatusCode == HttpStatusCode.ServiceUnavailable ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.BadRequest);
        }
    }
}

public sealed class RacesInOneProcess(OneProcess app) : RaceTests(app), IClassFixture<OneProcess>;

public sealed class RacesInAccountsAlone(AccountsAlone app) : RaceTests(app), IClassFixture<AccountsAlone>;
