using Microsoft.EntityFrameworkCore;
using Npgsql;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

public class DatabaseFailureTests
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
    public void Other_exceptions_are_not_database_failures()
    {
        Assert.Null(DatabaseFailure.KindOf(new InvalidOperationException("a bug")));
        Assert.Null(DatabaseFailure.KindOf(new ObjectDisposedException("a bug")));
        Assert.Null(DatabaseFailure.KindOf(new OperationCanceledException()));
    }
}
