using Microsoft.EntityFrameworkCore;
using Npgsql;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

public class DatabaseFailureTests
{
    [Theory]
    [InlineData("08006", DatabaseTrouble.Unreachable)]
    [InlineData("28000", DatabaseTrouble.Unreachable)]
    [InlineData("3D000", DatabaseTrouble.Unreachable)]
    [InlineData("53300", DatabaseTrouble.Unreachable)]
    [InlineData("57P01", DatabaseTrouble.Unreachable)]
    [InlineData("58030", DatabaseTrouble.Unreachable)]
    [InlineData("25006", DatabaseTrouble.ReadOnly)]
    [InlineData("55P03", DatabaseTrouble.TooSlow)]
    [InlineData("55006", DatabaseTrouble.TooSlow)]
    [InlineData("57014", DatabaseTrouble.TooSlow)]
    [InlineData("40001", DatabaseTrouble.Conflict)]
    [InlineData("40P01", DatabaseTrouble.Conflict)]
    [InlineData("0A000", DatabaseTrouble.StaleStatement)]
    [InlineData("26000", DatabaseTrouble.StaleStatement)]
    [InlineData("42P05", DatabaseTrouble.StaleStatement)]
    [InlineData("23505", null)]
    [InlineData("42P01", null)]
    [InlineData("22021", null)]
    public void SQL_state_has_its_kind_whatever_exception_wraps_it(string state, DatabaseTrouble? kind)
    {
        var refused = new PostgresException("refused", "ERROR", "ERROR", state);

        Assert.Equal(kind, DatabaseFailure.TroubleOf(refused));
        Assert.Equal(kind, DatabaseFailure.TroubleOf(new DbUpdateException("saving", refused)));
        Assert.Equal(kind, DatabaseFailure.TroubleOf(new InvalidOperationException("transient", new DbUpdateException("saving", refused))));
    }

    [Fact]
    public void Other_exceptions_are_not_database_failures()
    {
        Assert.Null(DatabaseFailure.TroubleOf(new InvalidOperationException("a bug")));
        Assert.Null(DatabaseFailure.TroubleOf(new ObjectDisposedException("a bug")));
        Assert.Null(DatabaseFailure.TroubleOf(new OperationCanceledException()));
    }
}
