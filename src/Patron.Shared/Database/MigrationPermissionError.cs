using System.Text.RegularExpressions;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Explains what a database administrator must do when the database's user lacks a permission that a migration needs.</summary>
internal static partial class MigrationPermissionError
{
    /// <summary>The explanation; null for any other failure.</summary>
    public static string? Explain(PostgresException exception, NpgsqlConnection connection, Migration? migration = null)
    {
        var user = new NpgsqlConnectionStringBuilder(connection.ConnectionString).Username;
        // A missing permission and a missing extension have different SQL states, which other errors share, and messages are translated.
        // The server's source file identifies both.
        if (exception.File == "extension.c" && migration is not null)
        {
            return $"Migration {migration.FullName} could not make the extensions it needs ({exception.MessageText}). They come with PostgreSQL (its contrib package); let an administrator run once, in the database {connection.Database}: {Extensions(migration)}";
        }

        return exception.SqlState == PostgresErrorCodes.InsufficientPrivilege
            ? $"The database's user may not make what Patron keeps in it ({exception.MessageText}). Let an administrator run once: GRANT CREATE ON DATABASE \"{connection.Database}\" TO \"{user}\";"
            : null;
    }

    private static string Extensions(Migration migration) =>
        string.Join(' ', CreateExtension().Matches(migration.Sql).Select(match => match.Value));

    [GeneratedRegex("^CREATE EXTENSION [^;]+;", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CreateExtension();
}
