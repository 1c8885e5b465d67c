using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Reads from an exception which unique index of the database a write ran into, so that a race's loser gets its answer.</summary>
public static class UniqueViolation
{
    /// <summary>The violated constraint's name, or null when the exception is something else.</summary>
    public static string? Constraint(Exception exception) =>
        (exception as PostgresException ?? (exception as DbUpdateException)?.InnerException as PostgresException) is { SqlState: PostgresErrorCodes.UniqueViolation } violation
            ? violation.ConstraintName
            : null;
}
