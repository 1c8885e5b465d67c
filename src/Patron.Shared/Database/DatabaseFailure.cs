using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Tells what kind of failure of the database an exception is, whoever wrapped it.</summary>
public static class DatabaseFailure
{
    /// <summary>The server cannot be reached, is starting or stopping, or has no connection free.</summary>
    public static bool IsAway(Exception exception) => Inner(exception) switch
    {
        PostgresException { SqlState: var state } => state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal)
            || state is PostgresErrorCodes.TooManyConnections,
        NpgsqlException or TimeoutException => true,
        _ => false,
    };

    /// <summary>A text holds what PostgreSQL cannot store: NUL, or what is no UTF-8.</summary>
    public static bool IsUnstorableText(Exception exception) =>
        Inner(exception) is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter };

    private static Exception? Inner(Exception? exception) => exception switch
    {
        DbUpdateException or InvalidOperationException when exception.InnerException is not null => Inner(exception.InnerException),
        _ => exception,
    };
}
