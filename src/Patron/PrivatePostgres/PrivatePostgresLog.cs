namespace Patron.PrivatePostgres;

internal static partial class PrivatePostgresLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The private PostgreSQL {Version} runs in {Folder}")]
    public static partial void Started(ILogger logger, int version, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "The private PostgreSQL in {Folder} runs already; attached to it")]
    public static partial void Attached(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "The private PostgreSQL in {Folder} is stopped")]
    public static partial void Stopped(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "The private PostgreSQL in {Folder} runs on for another Patron")]
    public static partial void LeftRunning(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The private PostgreSQL in {Folder} could not be stopped: {Reason}")]
    public static partial void NotStopped(ILogger logger, string folder, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "PostgreSQL does not run as root, and its user cannot enter {DataFolder}; the database is in {Folder} instead, include it in backups")]
    public static partial void Elsewhere(ILogger logger, string dataFolder, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The private PostgreSQL is away ({Reason}); starting it again")]
    public static partial void Away(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The private PostgreSQL answers again")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "The private PostgreSQL does not come back: {Reason}")]
    public static partial void StillAway(ILogger logger, string reason);
}
