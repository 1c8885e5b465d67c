using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>What kind of trouble the database has with a statement that would be right at another time.</summary>
public enum DatabaseTrouble
{
    /// <summary>It cannot be reached, refuses us, starts, stops or is out of resources. Whether the statement was done is not known.</summary>
    Unreachable,

    /// <summary>It takes no writes: a standby, or <c>default_transaction_read_only</c>. The statement was not done.</summary>
    ReadOnly,

    /// <summary>It gave up waiting or was told to stop: a lock, <c>statement_timeout</c>, an administrator. The statement was not done.</summary>
    TooSlow,

    /// <summary>A deadlock or a serialization failure. Nothing of the transaction was done; done again, it succeeds.</summary>
    Conflict,

    /// <summary>A prepared statement that the server no longer knows, or knows of a table that has changed since. Done again, it succeeds.</summary>
    StaleStatement,

    /// <summary>Committed here, but the wait for the synchronous standby was cancelled: a failover may lose it.</summary>
    NotReplicated,
}

/// <summary>Tells what kind of failure of the database an exception is, whoever wrapped it.</summary>
public static class DatabaseFailure
{
    // Connection, authorization, out of resources, stopping or starting, disk (PostgreSQL's appendix A): none of it is the statement's fault.
    private static readonly string[] AwayClasses = ["08", "28", "53", "57P", "58"];

    /// <summary>The kind; null where the statement itself is to blame, or the exception is about something else.</summary>
    public static DatabaseTrouble? TroubleOf(Exception exception) => Inner(exception) switch
    {
        PostgresException { SqlState: var state } => TroubleOf(state),
        NotReplicatedException => DatabaseTrouble.NotReplicated,
        NpgsqlException or TimeoutException => DatabaseTrouble.Unreachable,
        // A connection that broke in the middle of something: the driver's own objects complain when they are used once more.
        InvalidOperationException broken when IsFromDriver(broken) => DatabaseTrouble.Unreachable,
        _ => null,
    };

    /// <summary>The database cannot be reached or takes no writes: nobody else fares better at the moment.</summary>
    public static bool IsAway(Exception exception) => TroubleOf(exception) is DatabaseTrouble.Unreachable or DatabaseTrouble.ReadOnly;

    /// <summary>The same statement would be right at another time.</summary>
    public static bool IsTemporary(Exception exception) => TroubleOf(exception) is not null;

    /// <summary>Nothing was done, and done again at once it probably succeeds.</summary>
    public static bool IsWorthRetrying(Exception exception) => TroubleOf(exception) is DatabaseTrouble.Conflict or DatabaseTrouble.StaleStatement;

    /// <summary>Why, for the log: what the server says about itself, else the kind of failure. Neither holds anybody's data.</summary>
    public static string Reason(Exception exception) => Inner(exception) is PostgresException said ? said.MessageText : exception.GetType().Name;

    /// <summary>A text holds what PostgreSQL cannot store: NUL, or what is no UTF-8.</summary>
    public static bool IsUnstorableText(Exception exception) =>
        Inner(exception) is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter };

    private static DatabaseTrouble? TroubleOf(string state) => state switch
    {
        PostgresErrorCodes.ReadOnlySqlTransaction => DatabaseTrouble.ReadOnly,
        PostgresErrorCodes.QueryCanceled => DatabaseTrouble.TooSlow,
        PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement => DatabaseTrouble.StaleStatement,
        PostgresErrorCodes.InvalidCatalogName => DatabaseTrouble.Unreachable,
        _ when state.StartsWith("40", StringComparison.Ordinal) => DatabaseTrouble.Conflict,
        _ when state.StartsWith("55", StringComparison.Ordinal) => DatabaseTrouble.TooSlow, // A lock, or an object in use.
        _ when Array.Exists(AwayClasses, prefix => state.StartsWith(prefix, StringComparison.Ordinal)) => DatabaseTrouble.Unreachable,
        _ => null,
    };

    private static bool IsFromDriver(InvalidOperationException broken) => broken.Source == typeof(NpgsqlConnection).Assembly.GetName().Name;

    private static Exception? Inner(Exception? exception) => exception switch
    {
        DbUpdateException or InvalidOperationException when exception.InnerException is DbException or TimeoutException or DbUpdateException or NotReplicatedException => Inner(exception.InnerException),
        _ => exception,
    };
}

/// <summary>
/// A write was committed on the primary, but its wait for the synchronous standby was cancelled, which PostgreSQL tells in a warning beside a
/// success. To acknowledge it would be a promise that a failover can break.
/// </summary>
public sealed class NotReplicatedException : Exception
{
    public NotReplicatedException()
        : base("The write was committed, but not confirmed by the synchronous standby.")
    {
    }

    public NotReplicatedException(string message)
        : base(message)
    {
    }

    public NotReplicatedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
