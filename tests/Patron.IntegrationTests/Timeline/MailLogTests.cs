using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Outside;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Timeline;

/// <summary>The log of mails, with a real mail server.</summary>
public sealed class MailLogTests(WithMailServer app) : IClassFixture<WithMailServer>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        app.Server.Mode = SmtpMode.Accepts;
        await app.AccountsSqlAsync<object>("DELETE FROM shared.outbox_messages");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Sent_mail_is_logged_with_its_kind_and_person_and_without_its_address()
    {
        var person = await app.RegisterAsync();
        await BecomesAsync(person.Id, "verification sent 1");
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.mail_log m WHERE to_jsonb(m)::text LIKE $1", $"%{person.Email}%"));
    }

    [Fact]
    public async Task Refused_mail_is_logged_as_refused()
    {
        var person = await app.RegisterAsync($"refused-550.{Guid.NewGuid():n}@tests.example");
        await BecomesAsync(person.Id, "verification refused 1");
    }

    [Fact]
    public async Task Retried_mail_stays_queued_until_it_is_sent_or_given_up()
    {
        app.Server.Mode = SmtpMode.RefusesTemporarily;
        var person = await app.RegisterAsync();
        await BecomesAsync(person.Id, "verification queued 1");
        app.Server.Mode = SmtpMode.Accepts;
        app.Time.Shift += TimeSpan.FromSeconds(10);
        await BecomesAsync(person.Id, "verification sent 2");
    }

    [Fact]
    public async Task Refused_mail_that_is_sent_again_is_queued()
    {
        var person = await app.RegisterAsync($"refused-550.{Guid.NewGuid():n}@tests.example");
        await BecomesAsync(person.Id, "verification refused 1");
        app.Server.Mode = SmtpMode.RefusesTemporarily;
        var message = await app.AccountsSqlAsync<long>(
            """UPDATE shared.outbox_messages SET payload = jsonb_set(payload, '{To}', '"another@tests.example"') WHERE dead_at IS NOT NULL RETURNING id""");
        var admin = await app.AdminAsync();
        await (await app.Customers.SendAsync(HttpMethod.Post, $"/api/v1/messages/{message}/retry", admin)).ShouldBeAsync(HttpStatusCode.OK);
        await BecomesAsync(person.Id, "verification queued 1");
    }

    [Fact]
    public async Task Entries_are_kept_for_90_days()
    {
        var person = await app.RegisterAsync();
        await BecomesAsync(person.Id, "verification sent 1");
        await app.AccountsSqlAsync<object>(
            "INSERT INTO shared.mail_log (uid, kind, user_id, state, queued_at, state_at, attempts) VALUES (gen_random_uuid(), 'welcome', $1, 'sent', now() - interval '91 days', now(), 1)", person.Id);
        await app.Accounts.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single().DeleteExpiredAsync(CancellationToken.None);
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.mail_log WHERE user_id = $1", person.Id));
    }

    private Task BecomesAsync(Guid person, string expected) => Eventually.BecomeTrueAsync(async () => expected == await app.AccountsSqlAsync<string>(
        "SELECT concat_ws(' ', kind, state, attempts) FROM shared.mail_log WHERE user_id = $1 ORDER BY id LIMIT 1", person));
}
