using Npgsql;
using Patron.Accounts.Users;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>An import with concurrent registrations between its check and its save.</summary>
public sealed class ImportRaceTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Exists = "An account with this email address already exists.";

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task A_registration_during_the_import_of_its_line_rejects_only_that_line(bool allOrNothing, bool registers)
    {
        var people = Enumerable.Range(0, 3).Select(_ => NewPerson(NewEmail("raced"))).ToArray();
        await using var other = new Registration(app);
        await other.InsertAsync(people[1].Email!, userName: null);
        var import = app.ImportAsync(people, allOrNothing);
        await app.WaitForBlockedSessionsAsync();

        await other.EndAsync(registers);

        var (result, told) = await import;
        Assert.Equal(registers && allOrNothing, result.Error is not null);
        Assert.Equal([null, registers ? Exists : null, null], told.Select(line => line.Rejection));
        Assert.Equal(registers && allOrNothing ? 1 : 3, await CountAsync(people));
    }

    [Fact]
    public async Task A_deadlock_with_a_registration_ends_with_one_account_per_address()
    {
        var name = $"n{Guid.NewGuid().ToString("N")[..8]}";
        var people = new[] { NewPerson(NewEmail("locked")), NewPerson(NewEmail("locked"), name) };
        await using var other = new Registration(app);
        await other.InsertAsync(NewEmail("other"), name);
        var import = app.ImportAsync(people);
        await app.WaitForBlockedSessionsAsync();

        // Both wait for each other; the database cancels one of them.
        var isFirst = await other.TryInsertAsync(people[0].Email!);
        await other.EndAsync(isFirst);

        var (_, told) = await import;
        Assert.Equal(isFirst ? [Exists, "Another account has this username."] : [null, null], told.Select(line => line.Rejection));
        Assert.Equal(isFirst ? 1 : 2, await CountAsync(people));
    }

    [Fact]
    public async Task Concurrent_registrations_and_import_create_one_account_per_address()
    {
        var people = Enumerable.Range(0, 30).Select(_ => NewPerson(NewEmail("both"))).ToArray();
        var registering = Task.WhenAll(people.Select(person => app.TryRegisterAsync(person.Email!)));
        var importing = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => app.ImportAsync(people.Reverse())));

        var (registered, imported) = (await registering, await importing);

        Assert.Equal(people.Length, await CountAsync(people));
        Assert.Equal(people.Length, registered.Count(answer => answer.IsSuccessStatusCode) + imported.Sum(import => import.Told.Count(line => line.Rejection is null)));
        Assert.DoesNotContain(registered, answer => (int)answer.StatusCode == 500);
    }

    private static ImportedAccount NewPerson(string email, string? userName = null) => new(email, new PersonNames("Jane", "Doe", null, userName));

    private Task<long> CountAsync(IEnumerable<ImportedAccount> people) =>
        app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = ANY ($1)", [people.Select(person => person.Email!).ToArray()]);

    /// <summary>A transaction of another connection that creates accounts and stays open until the test ends it.</summary>
    private sealed class Registration(PatronApp app) : IAsyncDisposable
    {
        private readonly NpgsqlConnection connection = new(app.Accounts.ConnectionString);
        private NpgsqlTransaction? transaction;

        public async Task InsertAsync(string email, string? userName)
        {
            if (transaction is null)
            {
                await connection.OpenAsync();
                transaction = await connection.BeginTransactionAsync();
            }

            await using var command = new NpgsqlCommand(
                """
                INSERT INTO accounts.users (id, email, normalized_email, user_name, normalized_user_name, first_name, last_name, created_at, updated_at)
                VALUES (gen_random_uuid(), $1, $1, $2, $2, 'Jane', 'Doe', now(), now())
                """, connection);
            command.Parameters.AddWithValue(email);
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)userName ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            await command.ExecuteNonQueryAsync();
        }

        /// <summary>Returns false if the database cancelled this transaction.</summary>
        public async Task<bool> TryInsertAsync(string email)
        {
            try
            {
                await InsertAsync(email, userName: null);
                return true;
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                return false;
            }
        }

        public Task EndAsync(bool commits) => commits ? transaction!.CommitAsync() : transaction!.RollbackAsync();

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
