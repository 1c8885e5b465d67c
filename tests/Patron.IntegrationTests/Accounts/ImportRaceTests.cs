using Npgsql;
using Patron.Accounts.Users;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>An import beside people who come in by themselves, each at the worst moment: between its look and its save.</summary>
public sealed class ImportRaceTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Exists = "An account with this e-mail address already exists.";

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Who_registers_while_their_line_is_saved_comes_first_and_only_that_line_is_rejected(bool allOrNothing, bool registers)
    {
        var people = Enumerable.Range(0, 3).Select(_ => Somebody(NewEmail("raced"))).ToArray();
        await using var other = new Registration(app);
        await other.InsertAsync(people[1].Email!, userName: null);
        var import = app.ImportAsync(people, allOrNothing);
        await app.UntilOthersWaitAsync();

        await other.EndAsync(registers);

        var (result, told) = await import;
        Assert.Equal(registers && allOrNothing, result.Error is not null);
        Assert.Equal([null, registers ? Exists : null, null], told.Select(line => line.Rejection));
        Assert.Equal(registers && allOrNothing ? 1 : 3, await CountAsync(people));
    }

    [Fact]
    public async Task A_deadlock_with_somebody_who_registers_ends_with_one_account_for_each_address()
    {
        var name = $"n{Guid.NewGuid().ToString("N")[..8]}";
        var people = new[] { Somebody(NewEmail("locked")), Somebody(NewEmail("locked"), name) };
        await using var other = new Registration(app);
        await other.InsertAsync(NewEmail("other"), name);
        var import = app.ImportAsync(people);
        await app.UntilOthersWaitAsync();

        // Now each waits for the other; the database lets one of them go on.
        var isFirst = await other.TryInsertAsync(people[0].Email!);
        await other.EndAsync(isFirst);

        var (_, told) = await import;
        Assert.Equal(isFirst ? [Exists, "Another account has this user name."] : [null, null], told.Select(line => line.Rejection));
        Assert.Equal(isFirst ? 1 : 2, await CountAsync(people));
    }

    [Fact]
    public async Task Of_registrations_and_an_import_of_the_same_people_at_once_each_address_has_one_account()
    {
        var people = Enumerable.Range(0, 30).Select(_ => Somebody(NewEmail("both"))).ToArray();
        var registering = Task.WhenAll(people.Select(person => app.TryRegisterAsync(person.Email!)));
        var importing = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => app.ImportAsync(people.Reverse())));

        var (registered, imported) = (await registering, await importing);

        Assert.Equal(people.Length, await CountAsync(people));
        Assert.Equal(people.Length, registered.Count(answer => answer.IsSuccessStatusCode) + imported.Sum(import => import.Told.Count(line => line.Rejection is null)));
        Assert.DoesNotContain(registered, answer => (int)answer.StatusCode == 500);
    }

    private static ImportedAccount Somebody(string email, string? userName = null) => new(email, new PersonNames("Jane", "Doe", null, userName));

    private Task<long> CountAsync(IEnumerable<ImportedAccount> people) =>
        app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = ANY ($1)", [people.Select(person => person.Email!).ToArray()]);

    /// <summary>Somebody else's transaction that opens accounts, held open as long as a test wants.</summary>
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

        /// <summary>False when the database chose this transaction to give way.</summary>
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
