using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Accounts.Users;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Hosting;
using Patron.Linking;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Linking;

/// <summary>A sign-up is rolled back completely if any step fails (contract, 'Invariants' 5).</summary>
public sealed class FailingSignUpTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData("accounts.users")]
    [InlineData("accounts.organizations")]
    [InlineData("accounts.memberships")]
    [InlineData("accounts.profiles")]
    [InlineData("accounts.vendors")]
    [InlineData("accounts.challenges")]
    [InlineData("accounts.sessions")]
    [InlineData("customers.customers")]
    [InlineData("shared.audit_entries")]
    [InlineData("shared.outbox_messages")]
    public async Task A_sign_up_with_an_organization_is_rolled_back_if_any_step_fails(string table)
    {
        var email = Intents.NewEmail();
        await app.UntilMailsLeftAsync();
        var before = await SnapshotAsync();
        app.Accounts.ExpectsServerErrors = true;

        await WhileFailingAtAsync(table, async () => await (await app.PostBusinessAsync(email)).ShouldBeAsync(HttpStatusCode.InternalServerError));

        app.Accounts.ExpectsServerErrors = false;
        Assert.Empty(Changed(before, await SnapshotAsync()));
        var (person, _) = await app.SignUpBusinessAsync(email);
        Assert.Single((await app.MeAsync(person)).GetProperty("organizations").EnumerateArray());
    }

    [Theory]
    [InlineData("accounts.users")]
    [InlineData("accounts.memberships")]
    [InlineData("accounts.challenges")]
    [InlineData("accounts.sessions")]
    [InlineData("customers.customers")]
    [InlineData("shared.audit_entries")]
    [InlineData("shared.outbox_messages")]
    public async Task A_sign_up_with_a_customer_is_rolled_back_if_any_step_fails(string table)
    {
        var email = Intents.NewEmail();
        await app.UntilMailsLeftAsync();
        var before = await SnapshotAsync();

        await WhileFailingAtAsync(table, async () =>
        {
            await using var scope = app.Accounts.Services.CreateAsyncScope();
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => scope.ServiceProvider.GetRequiredService<SignUpCustomer>().HandleAsync(
                Caller.Anonymous(RequestOrigin.Local), new NewAccount(email, new PersonNames("Jane", "Doe", null, null), Intents.GoodPassword), CancellationToken.None));
            Assert.Contains("fails on purpose", failure.GetBaseException().Message, StringComparison.Ordinal);
        });

        Assert.Empty(Changed(before, await SnapshotAsync()));
        var (person, customer) = await app.SignUpAsync(email);
        Assert.Equal(person.Id, customer.UserId);
    }

    private async Task WhileFailingAtAsync(string table, Func<Task> act)
    {
        await app.AccountsSqlAsync<object>(
            $"""
            CREATE OR REPLACE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'It fails on purpose.'; END $$;
            CREATE TRIGGER fail BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION public.fail();
            """);
        try
        {
            await act();
        }
        finally
        {
            await app.AccountsSqlAsync<object>($"DROP TRIGGER fail ON {table}");
        }
    }

    private static IEnumerable<string> Changed(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Keys.Union(after.Keys, StringComparer.Ordinal).Where(table => before.GetValueOrDefault(table) != after.GetValueOrDefault(table));

    // The number and a hash of the rows of each table, except those that background services write at any time. Partitions are counted with
    // their table: a server that starts in a new month makes another one.
    private async Task<IReadOnlyDictionary<string, string>> SnapshotAsync()
    {
        await using var connection = new NpgsqlConnection(app.Accounts.ConnectionString);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (var command = new NpgsqlCommand(
            "SELECT relnamespace::regnamespace || '.' || relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace::regnamespace::text IN ('accounts', 'customers', 'shared') AND relname NOT IN ('counters', 'counter_changes', 'background_migrations', 'leases', 'duplicate_queue', 'duplicate_scans', 'duplicate_pairs', 'match_keys', 'inbox_items', 'figures') ORDER BY 1", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        Assert.Contains("customers.customers", tables);
        var snapshot = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            await using var command = new NpgsqlCommand($"SELECT count(*) || ' ' || coalesce(string_agg(t::text, ',' ORDER BY t::text), '') FROM {table} t", connection);
            snapshot[table] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes((string)(await command.ExecuteScalarAsync())!)));
        }

        return snapshot;
    }
}
