using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Import;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Linking;
using Patron.Shared.Callers;
using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Linking;

/// <summary>
/// Concurrent requests by different entry points: a person stays one account with one record, and the losers get a clear error, never a
/// 500.
/// </summary>
public sealed class LinkingRaceTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Rounds = 10;

    [Fact]
    public async Task Fifty_concurrent_sign_ups_by_three_interfaces_create_one_account()
    {
        var email = Intents.NewEmail("doors");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => (number % 3) switch
        {
            0 => StatusAsync(app.TryRegisterAsync(email)),
            1 => StatusAsync(app.PostBusinessAsync(email.ToUpperInvariant())),
            _ => TrySignUpAsync(email),
        }));

        Assert.Single(answers, HttpStatusCode.Created);
        // If hashing takes too long, some requests are 503 instead of 400.
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.Created or HttpStatusCode.BadRequest or HttpStatusCode.ServiceUnavailable, $"{answer}"));
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1", email));
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.organizations o WHERE NOT EXISTS (SELECT FROM accounts.memberships m WHERE m.organization_id = o.id) AND NOT is_home"));
        Assert.InRange(await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE email_key = $1", email), 0, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fifty_concurrent_creates_for_one_user_return_one_record(bool isLinked)
    {
        var person = await app.RegisterProvenAsync();
        var maker = isLinked ? await app.SomeStaffAsync() : (await app.ProvenBusinessAsync()).Person;
        var typed = Intents.NewEmail("typed");

        // Half of them send an address too, which must not block the others.
        var answers = await AccountCalls.ConcurrentlyAsync(50, number => app.PostCrmAsync(maker, new { user_id = person.Id, name = "Typed", email = number % 2 == 0 ? typed : null }));

        Assert.Equal((1, 49), (answers.Count(HttpStatusCode.Created), answers.Count(HttpStatusCode.OK)));
        var numbers = await Task.WhenAll(answers.Select(async answer => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Number()));
        var number = Assert.Single(numbers.Distinct());
        Assert.Single(await app.RowsAsync(maker, $"{CrmIntents.Customers}?ordering=-id"), row => row.Number() == number);
        Assert.Equal(isLinked ? 0 : 1, (await app.OffersAsync(person)).Count);
        Assert.Equal(isLinked ? 1 : 0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE user_id = $1", person.Id));
    }

    [Fact]
    public async Task The_loser_of_two_offers_with_one_address_gets_the_record_of_the_winner()
    {
        var person = await app.RegisterProvenAsync();
        var maker = (await app.ProvenBusinessAsync()).Person;
        var email = Intents.NewEmail("typed");
        Task<HttpResponseMessage>[] offers;
        await using (var connection = new NpgsqlConnection(app.Customers.ConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            // Both have found no record before the first of them can write one.
            await using var locking = new NpgsqlCommand("LOCK TABLE customers.customers IN SHARE ROW EXCLUSIVE MODE", connection, transaction);
            await locking.ExecuteNonQueryAsync();
            offers = [.. Enumerable.Range(0, 2).Select(_ => app.PostCrmAsync(maker, new { user_id = person.Id, name = "Typed", email }))];
            await app.WaitForBlockedSessionsAsync(2);
        }

        var answers = await Task.WhenAll(offers);
        Assert.Equal((1, 1), (answers.Count(HttpStatusCode.Created), answers.Count(HttpStatusCode.OK)));
    }

    [Fact]
    public async Task Fifty_concurrent_verifications_with_one_token_prove_once_and_leave_one_record()
    {
        var email = Intents.NewEmail();
        var waiting = await app.CreateCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(email));
        var (person, _) = await app.SignUpAsync(email);
        await app.MailAsync(email, "confirm your email");

        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.VerifyAsync(person));

        Assert.Equal((1, 49), (answers.Count(HttpStatusCode.OK), answers.Count(HttpStatusCode.BadRequest)));
        var one = Assert.Single(await app.RecordsAsync(email));
        Assert.Equal((waiting.GetProperty("uid").GetGuid(), person.Id), (one.GetProperty("uid").GetGuid(), one.User()));
        Assert.Equal(1, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.absorbed WHERE merged_into = $1", waiting.GetProperty("uid").GetGuid()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_concurrent_verification_and_create_by_staff_leave_one_claimed_record(bool hasRecord)
    {
        var staff = await app.SomeStaffAsync();
        await Task.WhenAll(Enumerable.Range(0, Rounds).Select(async _ =>
        {
            var email = Intents.NewEmail();
            var person = hasRecord ? (await app.SignUpAsync(email)).Person : await app.RegisterAsync(email);
            await app.MailAsync(email, "confirm your email");

            var verifying = app.VerifyAsync(person);
            var entering = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.PostCustomerAsync(staff, CustomerIntents.JohnDoe(email))));

            await (await verifying).ShouldBeAsync(HttpStatusCode.OK);
            Assert.All(entering, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest, $"{answer.StatusCode}"));
            Assert.InRange(entering.Count(HttpStatusCode.Created), hasRecord ? 0 : 1, 1);
            var one = Assert.Single(await app.RecordsAsync(email));
            Assert.Equal(("claimed", person.Id), (one.Text("claim"), one.User()));
        }));
    }

    [Fact]
    public async Task A_concurrent_sign_up_and_create_by_staff_are_two_records_and_one_after_the_proof()
    {
        var staff = await app.SomeStaffAsync();
        await Task.WhenAll(Enumerable.Range(0, Rounds).Select(async _ =>
        {
            var email = Intents.NewEmail();
            var signingUp = app.SignUpAsync(email);
            var entered = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));
            var (person, _) = await signingUp;
            Assert.Equal(["claimed", "unclaimed"], (await app.RecordsAsync(email)).Select(record => record.Text("claim")).Order());

            await LinkingIntents.ProveAsync(app, person);

            var one = Assert.Single(await app.RecordsAsync(email));
            Assert.Equal((entered.GetProperty("uid").GetGuid(), person.Id), (one.GetProperty("uid").GetGuid(), one.User()));
        }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_concurrent_verification_and_import_leave_one_claimed_record(bool hasRecord)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var emails = Enumerable.Range(0, 5).Select(_ => Intents.NewEmail()).ToList();
            var people = await Task.WhenAll(emails.Select(async email => hasRecord ? (await app.SignUpAsync(email)).Person : await app.RegisterAsync(email)));
            await Task.WhenAll(emails.Select(email => app.MailAsync(email, "confirm your email")));

            var importing = ImportAsync(emails);
            var verified = await Task.WhenAll(people.Select(app.VerifyAsync));

            Assert.Equal(5, verified.Count(HttpStatusCode.OK));
            var imported = await importing;
            // 400: another transaction came in between.
            Assert.True(imported.Error is null or { Kind: ErrorKind.Rule }, imported.Error?.Detail);
            foreach (var (email, person) in emails.Zip(people))
            {
                var records = await app.RecordsAsync(email);
                Assert.Equal(hasRecord || imported.Error is null ? 1 : records.Count, records.Count);
                Assert.All(records, record => Assert.Equal(("claimed", person.Id), (record.Text("claim"), record.User())));
            }
        }
    }

    [Fact]
    public async Task Concurrent_accept_and_erase_succeed_in_either_order()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var person = await app.RegisterProvenAsync();
            var (vendor, offered) = await app.OfferedAsync(person);

            var accepting = Enumerable.Range(0, 3).Select(_ => app.AnswerOfferAsync(person, offered, "accept"));
            var erasing = Enumerable.Range(0, 3).Select(_ => app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{offered.Text("uid")}/hard/", vendor));
            var (accepted, erased) = (Task.WhenAll(accepting), Task.WhenAll(erasing));

            Assert.All(await accepted, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{answer.StatusCode}"));
            Assert.Equal((1, 2), ((await erased).Count(HttpStatusCode.OK), (await erased).Count(HttpStatusCode.NotFound)));
            Assert.InRange((await accepted).Count(HttpStatusCode.OK), 0, 1);
            Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.offers WHERE user_id = $1", person.Id));
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> call) => (await call).StatusCode;

    private async Task<HttpStatusCode> TrySignUpAsync(string email)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<SignUpCustomer>().HandleAsync(
            Caller.Anonymous(RequestOrigin.Local), new NewAccount(email, new PersonNames("Jane", "Doe", null, null), Intents.GoodPassword), CancellationToken.None);
        return result.Error switch
        {
            null => HttpStatusCode.Created,
            { Kind: ErrorKind.Rule } => HttpStatusCode.BadRequest,
            { Kind: var kind } => kind == ErrorKind.Unavailable ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.InternalServerError,
        };
    }

    private async Task<Result<Unit>> ImportAsync(IReadOnlyList<string> emails)
    {
        await using var scope = app.Customers.Services.CreateAsyncScope();
        var csv = "first_name,last_name,email\n" + string.Concat(emails.Select(email => $"John,Doe,{email}\n"));
        return await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(app.Home()), CustomerCsv.ReadAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(csv)), _ => { }, CancellationToken.None),
            allOrNothing: false, _ => { }, CancellationToken.None);
    }
}
