using Npgsql;

namespace Patron.Shared.Database;

/// <summary>
/// Settings of the database connection; section <c>Database</c>. Pool sizes, timeouts and TLS belong in the connection string.
/// </summary>
public sealed class DatabaseOptions
{
    private static readonly TimeSpan MaxLockTimeout = TimeSpan.FromMinutes(10);

    /// <summary>How long a statement of a server waits for a row lock before its caller gets 503.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The first contradiction in these settings or the connection string, as a sentence; null if there is none.</summary>
    public string? Contradiction(string? connectionString)
    {
        if (LockTimeout < TimeSpan.FromMilliseconds(1) || LockTimeout > MaxLockTimeout)
        {
            return "Database:LockTimeout must be between 1 millisecond and 10 minutes, such as 00:00:05.";
        }

        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            return settings.Host?.Contains(',', StringComparison.Ordinal) == true
                && settings.TargetSessionAttributes is not ("primary" or "read-write")
                ? "ConnectionStrings:Patron names several hosts. Add 'Target Session Attributes=primary' to it: without, Patron may reach a standby, which takes no writes."
                : null;
        }
        catch (ArgumentException)
        {
            return "ConnectionStrings:Patron must be a connection string such as 'Host=db.example.com;Database=patron;Username=patron;Password=...'.";
        }
    }
}
