using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Tells what kind of failure of the database an exception is, whoever wrapped it.</summary>
public static class DatabaseFailure
{
    // Connection, authorization, out of resources, stopping or starting, disk: none of it is the request's fault.
    private static readonly string[] AwayClasses = ["08", "28", "53", "57P", "58"];

    /// <summary>The server cannot be reached, lets us not in, is starting or stopping, or has no connection or space free.</summary>
    public static bool IsAway(Exception exception) => Inner(exception) switch
    {
        PostgresException { SqlState: var state } =>
            state is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.ReadOnlySqlTransaction
            || Array.Exists(AwayClasses, prefix => state.StartsWith(prefix, StringComparison.Ordinal)),
        NpgsqlException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Why, for the log: what the server says about itself, else the kind of failure. Neither holds anybody's data.</summary>
    public static string Reason(Exception exception) => Inner(exception) is PostgresException said ? said.MessageText : exception.GetType().Name;

    /// <summary>A text holds what PostgreSQL cannot store: NUL, or what is no UTF-8.</summary>
    public static bool IsUnstorableText(Exception exception) =>
        Inner(exception) is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter };

    private static Exception? Inner(Exception? exception) => exception switch
    {
        DbUpdateException or InvalidOperationException when exception.InnerException is not null => Inner(exception.InnerException),
        _ => exception,
    };
}
