using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Accounts.Users;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Accounts;

/// <summary>
/// The port through which records follow accounts, inside the transaction of what happened. What is written there stands with it, and when it
/// fails, nothing of it remains.
/// </summary>
public sealed class AccountEventTests(ListenedPatron app) : IClassFixture<ListenedPatron>, IDisposable
{
    private static readonly PersonNames Jane = new("Jane", "Doe", null, null);

    public void Dispose() => app.Fails = false;

    [Fact]
    public async Task Registering_proving_and_changing_are_told_before_they_can_be_seen()
    {
        var person = await app.RegisterAsync();
        await (await VerifyAsync(person)).ShouldBeAsync(HttpStatusCode.OK);
        await (await RenameAsync(person, "Janet")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["Registered: nobody -> Jane", "EmailProven: Jane -> Jane, proven", "Changed: Jane, proven -> Janet, proven"], await HeardOfAsync(person.Email));
    }

    [Fact]
    public async Task What_changes_nothing_is_not_told()
    {
        var person = await app.RegisterAsync();
        await (await RenameAsync(person, "Jane")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Single(await HeardOfAsync(person.Email));
    }

    [Fact]
    public async Task Nothing_remains_of_a_registration_whose_records_fail()
    {
        await app.RegisterAsync();
        var before = await TracesAsync();
        var email = Intents.NewEmail();
        var request = new { email, first_name = "Jane", last_name = "Doe", password1 = Intents.GoodPassword, password2 = Intents.GoodPassword };
        app.Fails = true;
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/register/", null, request)).ShouldBeAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(before, await TracesAsync());
        Assert.Empty(await HeardOfAsync(email));

        app.Fails = false;
        await app.RegisterAsync(email);
        Assert.Single(await HeardOfAsync(email));
        await app.MailAsync(email);
        Assert.Single(app.MailsTo(email));
    }

    [Fact]
    public async Task Nothing_remains_of_a_proof_whose_records_fail_and_its_secret_still_works()
    {
        var person = await app.RegisterAsync();
        await app.MailAsync(person.Email);
        var before = await TracesAsync();
        app.Fails = true;
        await (await VerifyAsync(person)).ShouldBeAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(before, await TracesAsync());

        app.Fails = false;
        await (await VerifyAsync(person)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nothing_remains_of_a_change_whose_records_fail()
    {
        var person = await app.RegisterAsync();
        await app.MailAsync(person.Email);
        var before = await TracesAsync();
        app.Fails = true;
        await (await RenameAsync(person, "Janet")).ShouldBeAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(before, await TracesAsync());

        app.Fails = false;
        await (await RenameAsync(person, "Janine")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Changed: Jane -> Janine", (await HeardOfAsync(person.Email))[^1]);
    }

    [Fact]
    public async Task Everybody_who_is_imported_is_told_before_they_can_be_seen()
    {
        string[] emails = [Intents.NewEmail(), Intents.NewEmail()];
        Assert.Null((await app.ImportAsync([new(emails[0], Jane), new(emails[1], Jane) { EmailVerified = true }])).Told.Single(line => line.Number == 1).Rejection);
        Assert.Equal(["Registered: nobody -> Jane"], await HeardOfAsync(emails[0]));
        Assert.Equal(["Registered: nobody -> Jane, proven"], await HeardOfAsync(emails[1]));
    }

    [Fact]
    public async Task An_import_reports_the_lines_that_fail_and_takes_them_when_it_is_run_again()
    {
        var emails = Enumerable.Range(0, ImportUsers.BatchSize + 8).Select(_ => Intents.NewEmail("batch")).ToArray();
        var people = emails.Select(email => new ImportedAccount(email, Jane)).ToArray();
        IEnumerable<ImportedAccount> FailingInTheSecondBatch()
        {
            for (var index = 0; index < people.Length; index++)
            {
                app.Fails = index > ImportUsers.BatchSize;
                yield return people[index];
            }
        }

        var (_, failed) = await app.ImportAsync(FailingInTheSecondBatch());
        Assert.Equal(people.Length, failed.Count);
        Assert.Equal(ImportUsers.BatchSize, failed.Count(line => line.Rejection is null));
        Assert.Equal(ImportUsers.BatchSize, await CountAsync(emails));
        app.Fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.ImportAsync(people, allOrNothing: true));
        Assert.Equal(ImportUsers.BatchSize, await CountAsync(emails));

        app.Fails = false;
        var (result, told) = await app.ImportAsync(people);
        Assert.Null(result.Error);
        Assert.Equal(Enumerable.Range(1, people.Length).Select(number => (long)number), told.Select(line => line.Number));
        Assert.Equal(8, told.Count(line => line.Rejection is null));
        Assert.Equal(people.Length, await CountAsync(emails));
    }

    private Task<long> CountAsync(string[] emails) => app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE email = ANY ($1)", [emails]);

    private async Task<HttpResponseMessage> VerifyAsync(Person person) =>
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", person, new { token = (await app.MailAsync(person.Email)).Token });

    private Task<HttpResponseMessage> RenameAsync(Person person, string firstName) =>
        app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", person, new { first_name = firstName });

    private async Task<string[]> HeardOfAsync(string email) =>
        await app.AccountsSqlAsync<string[]>("SELECT array_agg(format('%s: %s -> %s', kind, seen, told) ORDER BY id) FROM heard WHERE email = $1", email) ?? [];

    // Everything that a deed of an account writes, but for what the servers' own workers write meanwhile.
    private Task<string?> TracesAsync() => app.AccountsSqlAsync<string>(
        """
        SELECT concat_ws(' ', (SELECT md5(string_agg(users::text, ',' ORDER BY id)) FROM accounts.users),
            (SELECT md5(string_agg(challenges::text, ',' ORDER BY id)) FROM accounts.challenges),
            (SELECT count(*) FROM accounts.memberships), (SELECT count(*) FROM accounts.sessions),
            (SELECT count(*) FROM shared.audit_entries), (SELECT count(*) FROM heard))
        """);
}

/// <summary>Role all with records that write down what the transaction shows them and what others see of it, and may fail then.</summary>
public sealed class ListenedPatron(TestDatabase database) : PatronApp(database)
{
    /// <summary>Whether the port fails after it has written.</summary>
    public bool Fails
    {
        get => Accounts.AreBugsMeant;
        set => Accounts.AreBugsMeant = value;
    }

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var connectionString = await Database.CloneAsync(await Templates.GetAsync(Database, ProcessRole.All));
        var server = await RunningPatron.StartAsync(connectionString, time: Time, addServices: services => services.AddScoped<ICustomerRecords>(
            provider => new WritingRecords(this, provider.GetRequiredService<DatabaseSession>())));
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var table = source.CreateCommand("CREATE TABLE heard (id bigint GENERATED ALWAYS AS IDENTITY, kind text, email text, seen text, told text)");
        await table.ExecuteNonQueryAsync();
        return (server, server);
    }

    private async Task WriteAsync(DatabaseSession session, string kind, User user, CancellationToken cancellationToken)
    {
        const string State = "first_name || CASE WHEN email_confirmed THEN ', proven' ELSE '' END";
        var seen = await AccountsSqlAsync<string>($"SELECT {State} FROM accounts.users WHERE id = $1", user.Id) ?? "nobody";
        await using var command = new NpgsqlCommand(
            $"INSERT INTO heard (kind, email, seen, told) SELECT $1, email, $2, {State} FROM accounts.users WHERE id = $3", session.Connection);
        command.Parameters.AddWithValue(kind);
        command.Parameters.AddWithValue(seen);
        command.Parameters.AddWithValue(user.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (Fails)
        {
            throw new InvalidOperationException("The port fails.");
        }
    }

    private sealed class WritingRecords(ListenedPatron app, DatabaseSession session) : ICustomerRecords
    {
        public async Task RegisteredAsync(Caller caller, IReadOnlyList<User> users, CancellationToken cancellationToken)
        {
            foreach (var user in users)
            {
                await app.WriteAsync(session, "Registered", user, cancellationToken);
            }
        }

        public Task EmailProvenAsync(Caller caller, User user, bool isTrusted, CancellationToken cancellationToken) =>
            app.WriteAsync(session, "EmailProven", user, cancellationToken);

        public Task AccountChangedAsync(Caller caller, User user, PersonNames before, CancellationToken cancellationToken) =>
            app.WriteAsync(session, "Changed", user, cancellationToken);
    }
}
