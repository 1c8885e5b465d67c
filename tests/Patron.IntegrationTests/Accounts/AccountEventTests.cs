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
/// Tests the port by which account changes update customer records, inside the same transaction: its writes are committed with the change,
/// and if it fails, everything is rolled back.
/// </summary>
public sealed class AccountEventTests(RecordingPatron app) : IClassFixture<RecordingPatron>, IDisposable
{
    private static readonly PersonNames Jane = new("Jane", "Doe", null, null);

    public void Dispose() => app.Fails = false;

    [Fact]
    public async Task Records_are_updated_inside_the_transaction_of_the_account_change()
    {
        var person = await app.RegisterAsync();
        await (await VerifyAsync(person)).ShouldBeAsync(HttpStatusCode.OK);
        await (await RenameAsync(person, "Janet")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["Registered: nobody -> Jane", "EmailProven: Jane -> Jane, proven", "Changed: Jane, proven -> Janet, proven"], await CallsAsync(person.Email));
    }

    [Fact]
    public async Task A_change_without_effect_does_not_update_records()
    {
        var person = await app.RegisterAsync();
        await (await RenameAsync(person, "Jane")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Single(await CallsAsync(person.Email));
    }

    [Fact]
    public async Task A_registration_is_rolled_back_if_updating_records_fails()
    {
        await app.RegisterAsync();
        var before = await SnapshotAsync();
        var email = Intents.NewEmail();
        var request = new { email, first_name = "Jane", last_name = "Doe", password1 = Intents.GoodPassword, password2 = Intents.GoodPassword };
        app.Fails = true;
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/register/", null, request)).ShouldBeAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(before, await SnapshotAsync());
        Assert.Empty(await CallsAsync(email));

        app.Fails = false;
        await app.RegisterAsync(email);
        Assert.Single(await CallsAsync(email));
        await app.MailAsync(email);
        Assert.Single(app.MailsTo(email));
    }

    [Fact]
    public async Task A_proof_is_rolled_back_if_updating_records_fails_and_its_secret_still_works()
    {
        var person = await app.RegisterAsync();
        await app.MailAsync(person.Email);
        var before = await SnapshotAsync();
        app.Fails = true;
        await (await VerifyAsync(person)).ShouldBeAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(before, await SnapshotAsync());

        app.Fails = false;
        await (await VerifyAsync(person)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_change_is_rolled_back_if_updating_records_fails()
    {
        var person = await app.RegisterAsync();
        await app.MailAsync(person.Email);
        var before = await SnapshotAsync();
        app.Fails = true;
        await (await RenameAsync(person, "Janet")).ShouldBeAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(before, await SnapshotAsync());

        app.Fails = false;
        await (await RenameAsync(person, "Janine")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Changed: Jane -> Janine", (await CallsAsync(person.Email))[^1]);
    }

    [Fact]
    public async Task Records_of_imported_accounts_are_updated_inside_the_transaction()
    {
        string[] emails = [Intents.NewEmail(), Intents.NewEmail()];
        Assert.Null((await app.ImportAsync([new(emails[0], Jane), new(emails[1], Jane) { EmailVerified = true }])).Told.Single(line => line.Number == 1).Rejection);
        Assert.Equal(["Registered: nobody -> Jane"], await CallsAsync(emails[0]));
        Assert.Equal(["Registered: nobody -> Jane, proven"], await CallsAsync(emails[1]));
    }

    [Fact]
    public async Task An_import_reports_failed_lines_and_imports_them_at_the_next_run()
    {
        var emails = Enumerable.Range(0, ImportUsers.BatchSize + 8).Select(_ => Intents.NewEmail("batch")).ToArray();
        var people = emails.Select(email => new ImportedAccount(email, Jane)).ToArray();
        IEnumerable<ImportedAccount> FailInSecondBatch()
        {
            for (var index = 0; index < people.Length; index++)
            {
                app.Fails = index > ImportUsers.BatchSize;
                yield return people[index];
            }
        }

        var (_, failed) = await app.ImportAsync(FailInSecondBatch());
        Assert.Equal(people.Length, failed.Count);
        Assert.Equal(ImportUsers.BatchSize, failed.Count(line => line.Rejection is null));
        Assert.Equal(ImportUsers.BatchSize, await CountAsync(emails));
        app.Fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.ImportAsync(people, allOrNothing: true));
        Assert.Equal(ImportUsers.BatchSize, await CountAsync(emails));

        app.Fails = false;
        var (result, reported) = await app.ImportAsync(people);
        Assert.Null(result.Error);
        Assert.Equal(Enumerable.Range(1, people.Length).Select(number => (long)number), reported.Select(line => line.Number));
        Assert.Equal(8, reported.Count(line => line.Rejection is null));
        Assert.Equal(people.Length, await CountAsync(emails));
    }

    private Task<long> CountAsync(string[] emails) => app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE email = ANY ($1)", [emails]);

    private async Task<HttpResponseMessage> VerifyAsync(Person person) =>
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", person, new { token = (await app.MailAsync(person.Email)).Token });

    private Task<HttpResponseMessage> RenameAsync(Person person, string firstName) =>
        app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", person, new { first_name = firstName });

    private async Task<string[]> CallsAsync(string email) =>
        await app.AccountsSqlAsync<string[]>("SELECT array_agg(format('%s: %s -> %s', kind, seen, reported) ORDER BY id) FROM heard WHERE email = $1", email) ?? [];

    // Everything that an account change writes, without what the servers' background workers write.
    private Task<string?> SnapshotAsync() => app.AccountsSqlAsync<string>(
        """
        SELECT concat_ws(' ', (SELECT md5(string_agg(users::text, ',' ORDER BY id)) FROM accounts.users),
            (SELECT md5(string_agg(challenges::text, ',' ORDER BY id)) FROM accounts.challenges),
            (SELECT count(*) FROM accounts.memberships), (SELECT count(*) FROM accounts.sessions),
            (SELECT count(*) FROM shared.audit_entries), (SELECT count(*) FROM heard))
        """);
}

/// <summary>
/// Role all with an implementation of the port that records what its transaction and other connections see, and can fail.
/// </summary>
public sealed class RecordingPatron(TestDatabase database) : PatronApp(database)
{
    /// <summary>Whether the port fails after it has written.</summary>
    public bool Fails
    {
        get => Accounts.ExpectsServerErrors;
        set => Accounts.ExpectsServerErrors = value;
    }

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var connectionString = await Templates.CopyAsync(Database);
        var server = await RunningPatron.StartAsync(connectionString, time: Time, addServices: services => services.AddScoped<ICustomerRecords>(
            provider => new WritingRecords(this, provider.GetRequiredService<DatabaseSession>())));
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var table = source.CreateCommand("CREATE TABLE heard (id bigint GENERATED ALWAYS AS IDENTITY, kind text, email text, seen text, reported text)");
        await table.ExecuteNonQueryAsync();
        return (server, server);
    }

    private async Task WriteAsync(DatabaseSession session, string kind, User user, CancellationToken cancellationToken)
    {
        const string State = "first_name || CASE WHEN email_confirmed THEN ', proven' ELSE '' END";
        var seen = await AccountsSqlAsync<string>($"SELECT {State} FROM accounts.users WHERE id = $1", user.Id) ?? "nobody";
        await using var command = new NpgsqlCommand(
            $"INSERT INTO heard (kind, email, seen, reported) SELECT $1, email, $2, {State} FROM accounts.users WHERE id = $3", session.Connection);
        command.Parameters.AddWithValue(kind);
        command.Parameters.AddWithValue(seen);
        command.Parameters.AddWithValue(user.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (Fails)
        {
            throw new InvalidOperationException("The port fails.");
        }
    }

    private sealed class WritingRecords(RecordingPatron app, DatabaseSession session) : ICustomerRecords
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

        public Task WithdrawOffersAsync(Guid organizationId, Guid? userId, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task AccountChangedAsync(Caller caller, User user, PersonNames before, CancellationToken cancellationToken) =>
            app.WriteAsync(session, "Changed", user, cancellationToken);
    }
}
