using Npgsql;

namespace Patron.IntegrationTests;

public sealed class TestDatabaseTests(TestDatabase databases)
{
    [Fact]
    public async Task Clones_made_at_once_hold_what_the_template_held()
    {
        var template = await databases.CreateDatabaseAsync();
        await ExecuteAsync(template, "CREATE TABLE fruit (name text); INSERT INTO fruit VALUES ('pear')");

        var clones = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => databases.CloneAsync(TestDatabase.NameOf(template))));

        Assert.Equal(4, clones.Distinct(StringComparer.Ordinal).Count());
        foreach (var clone in clones)
            Assert.Equal("pear", await ExecuteAsync(clone, "SELECT name FROM fruit"));
    }

    [Fact]
    public async Task A_dropped_database_is_gone_even_when_somebody_is_connected()
    {
        var connectionString = await databases.CreateDatabaseAsync();
        await ExecuteAsync(connectionString, "SELECT 1");

        await databases.DropAsync(TestDatabase.NameOf(connectionString));

        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(TestContext.Current.CancellationToken));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, refused.SqlState);
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
