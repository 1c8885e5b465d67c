using System.Text.RegularExpressions;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Says what an administrator of the database must do where its user may not do what a migration needs.</summary>
internal static partial class MigrationRefusal
{
    /// <summary>The sentence; null where the failure is of another kind.</summary>
    public static string? Sentence(PostgresException refused, NpgsqlConnection connection, Migration? migration = null)
    {
        var user = new NpgsqlConnectionStringBuilder(connection.ConnectionString).Username;
        // Where the server came upon it tells: a right and a missing file have different states, both not theirs alone, and words are translated.
        return refused.File == "extension.c" && migration is not null
            ? $"Migration {migration.Module}/{migration.Name} could not make the extensions it needs ({refused.MessageText}). They come with PostgreSQL (its contrib package); let an administrator run once, in the database {connection.Database}: {Extensions(migration)}"
            : refused.SqlState == PostgresErrorCodes.InsufficientPrivilege
                ? $"The database's user may not make what Patron keeps in it ({refused.MessageText}). Let an administrator run once: GRANT CREATE ON DATABASE \"{connection.Database}\" TO \"{user}\";"
                : null;
    }

    private static string Extensions(Migration migration) => string.Join(' ', CreateExtension().Matches(migration.Sql).Select(match => match.Value));

    [GeneratedRegex("^CREATE EXTENSION [^;]+;", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CreateExtension();
}
