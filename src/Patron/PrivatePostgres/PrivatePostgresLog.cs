namespace Patron.PrivatePostgres;

/// <summary>Log messages of the private PostgreSQL.</summary>
internal static partial class PrivatePostgresLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Private PostgreSQL {Version} started in {Folder}")]
    public static partial void LogStarted(ILogger logger, int version, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "Attached to the running private PostgreSQL in {Folder}")]
    public static partial void LogAttached(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "Private PostgreSQL in {Folder} stopped")]
    public static partial void LogStopped(ILogger logger, string folder);

    [
        LoggerMessage(
            Level = LogLevel.Information,
            Message = "Private PostgreSQL in {Folder} is still used by another Patron process and was not stopped")]
    public static partial void LogStillInUse(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping the private PostgreSQL in {Folder} failed: {Reason}")]
    public static partial void LogStopFailed(ILogger logger, string folder, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message =
            "PostgreSQL does not run as root, and its user cannot enter {DataFolder}; the database is in {Folder} instead, include it in backups")]
    public static partial void LogOtherFolder(ILogger logger, string dataFolder, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Private PostgreSQL unavailable ({Reason}); restarting it")]
    public static partial void LogUnavailable(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Private PostgreSQL available again")]
    public static partial void LogAvailable(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "Restarting the private PostgreSQL failed: {Reason}")]
    public static partial void LogRestartFailed(ILogger logger, string reason);
}
