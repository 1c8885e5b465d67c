using Npgsql;
using Patron.Shared.Checks;

namespace Patron.Checks;

/// <summary>Checks of how many rows there are.</summary>
internal static class CountChecks
{
    public static async Task<long> CountAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>No result for no row. One row and several have a sentence each, written out so that pages can translate it.</summary>
    public static IEnumerable<CheckResult> Describe(string subject, bool isGood, long count, string one, Func<long, string> several) => count switch
    {
        0 => [],
        1 => [new CheckResult(subject, isGood, one)],
        _ => [new CheckResult(subject, isGood, several(count))],
    };
}
