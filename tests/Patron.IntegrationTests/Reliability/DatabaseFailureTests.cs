using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

public class DatabaseFailureTests(TestDatabase databases)
{
    [Theory]
    [InlineData("08006", DatabaseFailureKind.Unreachable)]
    [InlineData("28000", DatabaseFailureKind.Unreachable)]
    [InlineData("3D000", DatabaseFailureKind.Unreachable)]
    [InlineData("53300", DatabaseFailureKind.Unreachable)]
    [InlineData("57P01", DatabaseFailureKind.Unreachable)]
    [InlineData("58030", DatabaseFailureKind.Unreachable)]
    [InlineData("25006", DatabaseFailureKind.ReadOnly)]
    [InlineData("55P03", DatabaseFailureKind.TooSlow)]
    [InlineData("55006", DatabaseFailureKind.TooSlow)]
    [InlineData("57014", DatabaseFailureKind.TooSlow)]
    [InlineData("40001", DatabaseFailureKind.Conflict)]
    [InlineData("40P01", DatabaseFailureKind.Conflict)]
    [InlineData("0A000", DatabaseFailureKind.StaleStatement)]
    [InlineData("26000", DatabaseFailureKind.StaleStatement)]
    [InlineData("42P05", DatabaseFailureKind.StaleStatement)]
    [InlineData("23505", null)]
    [InlineData("42P01", null)]
    [InlineData("22021", null)]
    public void SQL_state_has_its_kind_whatever_exception_wraps_it(string state, DatabaseFailureKind? kind)
    {
        var refused = new PostgresException("refused", "ERROR", "ERROR", state);

        Assert.Equal(kind, DatabaseFailure.KindOf(refused));
        Assert.Equal(kind, DatabaseFailure.KindOf(new DbUpdateException("saving", refused)));
        Assert.Equal(kind, DatabaseFailure.KindOf(new InvalidOperationException("transient", new DbUpdateException("saving", refused))));
    }

    [Fact]
    public async Task Statement_that_was_refused_while_it_was_prepared_is_a_broken_connection()
    {
        await using var pools = new DatabasePools(await databases.CreateDatabaseAsync(), lockTimeout: null, NullLoggerFactory.Instance);
        await using var connection = await pools.Requests.OpenConnectionAsync();
        await ExecuteAsync(connection, "CREATE TABLE rows (id int); INSERT INTO rows VALUES (1); SET default_transaction_read_only = on");
        for (var use = 1; use <= 2; use++)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => LockAsync(connection));
            Assert.Equal(DatabaseFailureKind.ReadOnly, DatabaseFailure.KindOf(refused));
        }

        await ExecuteAsync(connection, "SET default_transaction_read_only = off");

        // A plain Exception by the driver. If it knows the columns one day, this statement succeeds.
        var exception = await Record.ExceptionAsync(() => LockAsync(connection));
        Assert.Equal(DatabaseFailureKind.Unreachable, DatabaseFailure.KindOf(exception!));
        Assert.NotEqual(ConnectionState.Open, connection.State);
    }

    private static Task LockAsync(NpgsqlConnection connection) => ExecuteAsync(connection, "SELECT id FROM rows FOR UPDATE");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public void Other_exceptions_are_not_database_failures()
    {
        Assert.Null(DatabaseFailure.KindOf(new InvalidOperationException("a bug")));
        Assert.Null(DatabaseFailure.KindOf(new ObjectDisposedException("a bug")));
        Assert.Null(DatabaseFailure.KindOf(new OperationCanceledException()));
    }
}
