using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>The temporary failures of the database: the same statement can succeed later.</summary>
public enum DatabaseFailureKind
{
    /// <summary>
    /// The server cannot be reached, refuses the connection, starts, stops or is out of resources. The statement may have been executed.
    /// </summary>
    Unreachable,

    /// <summary>The server accepts no writes: a standby, or <c>default_transaction_read_only</c>. The statement was not executed.</summary>
    ReadOnly,

    /// <summary>The statement was cancelled: a lock timeout, <c>statement_timeout</c> or an administrator. It was not executed.</summary>
    TooSlow,

    /// <summary>A deadlock or a serialization failure. The transaction was rolled back; a retry succeeds.</summary>
    Conflict,

    /// <summary>The server has lost a prepared statement, or its table has changed since it was prepared. A retry succeeds.</summary>
    StaleStatement,

    /// <summary>The write was committed, but the wait for the synchronous standby was cancelled. A failover may lose it.</summary>
    NotReplicated,
}

/// <summary>Classifies exceptions as failures of the database, including exceptions wrapped by EF Core or the driver.</summary>
public static class DatabaseFailure
{
    // PostgreSQL appendix A: connection, authorization, insufficient resources, operator intervention (stopping, starting), system error.
    private static readonly string[] UnavailableClasses = ["08", "28", "53", "57P", "58"];

    /// <summary>The kind of failure; null if the statement itself is wrong or the exception is not about the database.</summary>
    public static DatabaseFailureKind? KindOf(Exception exception) => Inner(exception) switch
    {
        PostgresException { SqlState: var state } => KindOf(state),
        NotReplicatedException => DatabaseFailureKind.NotReplicated,
        NpgsqlException or TimeoutException => DatabaseFailureKind.Unreachable,
        // After a connection breaks, the driver throws InvalidOperationException when its objects are used again.
        InvalidOperationException broken when IsFromDriver(broken) => DatabaseFailureKind.Unreachable,
        // "Received unexpected backend message": the driver breaks the connection. It happens with a statement that the server refused to
        // execute when it was prepared, and accepts now: the driver has never seen the columns of its result.
        { } unexpected when unexpected.GetType() == typeof(Exception) && IsFromDriver(unexpected) => DatabaseFailureKind.Unreachable,
        _ => null,
    };

    /// <summary>Whether the database cannot be reached or accepts no writes, so that other requests fail as well.</summary>
    public static bool IsUnavailable(Exception exception) =>
        KindOf(exception) is DatabaseFailureKind.Unreachable or DatabaseFailureKind.ReadOnly;

    /// <summary>Whether the same statement can succeed later.</summary>
    public static bool IsTemporary(Exception exception) => KindOf(exception) is not null;

    /// <summary>Whether nothing was executed and an immediate retry will probably succeed.</summary>
    public static bool IsRetriable(Exception exception) =>
        KindOf(exception) is DatabaseFailureKind.Conflict or DatabaseFailureKind.StaleStatement;

    /// <summary>The reason for the log: the server's message, else the exception's type. Neither contains personal data.</summary>
    public static string Reason(Exception exception) =>
        Inner(exception) is PostgresException error ? error.MessageText : exception.GetType().Name;

    /// <summary>Whether a text contains what PostgreSQL cannot store: NUL or invalid UTF-8.</summary>
    public static bool IsUnstorableText(Exception exception) =>
        Inner(
            exception) is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire
                or PostgresErrorCodes.UntranslatableCharacter };

    private static DatabaseFailureKind? KindOf(string state) => state switch
    {
        PostgresErrorCodes.ReadOnlySqlTransaction => DatabaseFailureKind.ReadOnly,
        PostgresErrorCodes.QueryCanceled => DatabaseFailureKind.TooSlow,
        PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InvalidSqlStatementName
            or PostgresErrorCodes.DuplicatePreparedStatement => DatabaseFailureKind.StaleStatement,
        PostgresErrorCodes.InvalidCatalogName => DatabaseFailureKind.Unreachable,
        _ when state.StartsWith("40", StringComparison.Ordinal) => DatabaseFailureKind.Conflict,
        _ when state.StartsWith("55", StringComparison.Ordinal) => DatabaseFailureKind.TooSlow, // Lock not available, or object in use.
        _ when Array.Exists(UnavailableClasses, prefix => state.StartsWith(prefix, StringComparison.Ordinal)) =>
            DatabaseFailureKind.Unreachable,
        _ => null,
    };

    private static bool IsFromDriver(Exception exception) => exception.Source == typeof(NpgsqlConnection).Assembly.GetName().Name;

    private static Exception? Inner(Exception? exception) => exception switch
    {
        DbUpdateException or InvalidOperationException when exception.InnerException is DbException or TimeoutException or DbUpdateException
            or NotReplicatedException => Inner(exception.InnerException),
        _ => exception,
    };
}

/// <summary>Reads the violated unique index from an exception, so that the loser of a race gets the right answer.</summary>
public static class UniqueViolation
{
    /// <summary>The name of the violated constraint, or null for any other exception.</summary>
    public static string? Constraint(Exception exception) =>
        (exception as PostgresException ?? (exception as DbUpdateException)?.InnerException as PostgresException)
            is { SqlState: PostgresErrorCodes.UniqueViolation } violation
            ? violation.ConstraintName
            : null;
}

/// <summary>
/// A write was committed on the primary, but its wait for the synchronous standby was cancelled. PostgreSQL reports success with a warning
/// in this case. The write must not be acknowledged, because a failover can lose it.
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
