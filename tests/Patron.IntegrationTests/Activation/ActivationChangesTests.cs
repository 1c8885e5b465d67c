using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.Outside;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Activation;

/// <summary>Changes between the mail and the password, and failures of either.</summary>
public sealed class ActivationChangesTests(OneProcess app, WithMailServer mailServer) : IClassFixture<OneProcess>, IClassFixture<WithMailServer>
{
    [Fact]
    public async Task A_code_is_refused_after_the_ERP_has_changed_the_address()
    {
        var (customer, old) = await app.WaitingCustomerAsync();
        var (challenge, code, token) = await app.StartedSetupAsync(old);
        var moved = Intents.NewEmail("moved");
        await (await app.SendWithKeyAsync(HttpMethod.Put, CustomerIntents.Api + customer.Id(), new { email = moved })).ShouldBeAsync(HttpStatusCode.OK);

        var byCode = await (await app.QuickSetupAsync(old, challenge: challenge, code: code)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("No customer record is waiting", byCode.Text("detail"), StringComparison.Ordinal);
        await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal((0, 0), (await app.CountAccountsAsync(old), await app.CountAccountsAsync(moved)));

        await app.ActivateAsync(moved);
    }

    [Fact]
    public async Task A_code_is_refused_after_the_customer_was_deleted()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        var (challenge, code, token) = await app.StartedSetupAsync(email);
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET is_blocked = true WHERE customer_id = $1", customer.Id());

        await (await app.QuickSetupAsync(email, challenge: challenge, code: code)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal(0, await app.CountAccountsAsync(email));

        // The refused request consumed nothing.
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET is_blocked = false WHERE customer_id = $1", customer.Id());
        await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Activation_links_the_record_of_home_and_offers_the_others()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        var elsewhere = await app.OrganizationAsync();
        var key = await app.ApiKeyAsync(elsewhere);
        var other = await (await app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api, null, CustomerIntents.JohnDoe(email), ("X-Api-Key", key))).ShouldBeAsync(HttpStatusCode.Created);
        var deleted = await app.WaitingCustomerAsync();
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET email = $2, email_key = $2, claim = 'released', is_deleted = true, deleted_at = now() WHERE customer_id = $1", deleted.Customer.Id(), email);

        await app.ActivateAsync(email);

        Assert.Equal(1, await app.CountAccountsAsync(email));
        Assert.NotNull(Assert.Single(await app.RecordsAsync(email), record => record.Text("customer_id") == customer.Id()).User());
        Assert.Null(Assert.Single(await app.RecordsAsync(email), record => record.Text("customer_id") == deleted.Customer.Id()).User());
        Assert.Null(Assert.Single(await app.RecordsAsync(email, elsewhere)).User());
        Assert.Equal("offered", await app.CustomersSqlAsync<string>("SELECT state FROM customers.offers WHERE customer_uid = $1", other.GetProperty("uid").GetGuid()));
    }

    [Fact]
    public async Task Without_a_mail_server_the_request_succeeds_and_the_mail_is_sent_later()
    {
        mailServer.Server.Mode = SmtpMode.RefusesTemporarily;
        var (_, email) = await mailServer.WaitingCustomerAsync();
        var started = await (await mailServer.QuickSetupAsync(email)).ShouldBeAsync(HttpStatusCode.Accepted);
        await mailServer.UntilAsync(async () => await mailServer.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages WHERE kind = 'mail' AND last_error IS NOT NULL AND payload::text LIKE '%' || $1 || '%'", email) == 1);

        mailServer.Server.Mode = SmtpMode.Accepts;
        mailServer.Time.Shift += TimeSpan.FromSeconds(6);
        await mailServer.UntilAsync(() => mailServer.Server.Messages.Any(message => message.To == email));

        var code = Assert.Single(mailServer.Server.Messages.Single(message => message.To == email).Lines, line => line.Length == 6 && line.All(char.IsAsciiDigit));
        await (await mailServer.QuickSetupAsync(email, challenge: started.GetProperty("challenge_id").GetGuid(), code: code)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_code_arrives_within_seconds_and_is_the_first_number_of_the_mail()
    {
        var (_, email) = await mailServer.WaitingCustomerAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await mailServer.QuickSetupAsync(email);
        await mailServer.UntilAsync(() => mailServer.Server.Messages.Any(message => message.To == email));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5)); // It takes two seconds on an idle machine.
        var text = string.Join('\n', mailServer.Server.Messages.Single(message => message.To == email).Lines);
        var first = text.IndexOfAny([.. "0123456789"]);
        Assert.Matches("^[0-9]{6}\n", text[first..]);
        Assert.Equal('\n', text[first - 1]);
    }

    [Fact]
    public async Task Expired_challenges_are_deleted()
    {
        var nobody = Intents.NewEmail("nobody");
        var challenge = await app.StartSetupAsync(nobody);
        app.Time.Shift += TimeSpan.FromHours(25);
        await app.Accounts.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single().DeleteExpiredAsync(CancellationToken.None);
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.activation_challenges WHERE id = $1", challenge));
    }
}
