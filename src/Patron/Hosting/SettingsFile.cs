using Patron.Shared.Secrets;

namespace Patron.Hosting;

/// <summary>The settings file of a data folder, which can contain passwords and keys.</summary>
internal static partial class SettingsFile
{
    public const string Name = "settings.json";

    public static string PathIn(string dataFolder) => Path.Combine(Path.GetFullPath(dataFolder), Name);

    /// <summary>
    /// Logs a warning if other users can open the file. Its permissions are not changed, because the operator may share it with a group on
    /// purpose.
    /// </summary>
    public static void Warn(PatronSettings settings, ILoggerFactory logs)
    {
        if (Problem(settings) is { } problem)
        {
            LogProblem(logs.CreateLogger(typeof(SettingsFile)), problem);
        }
    }

    /// <summary>The error in the file's permissions, as a sentence; null if there is none or no file.</summary>
    public static string? Problem(PatronSettings settings)
    {
        var file = PathIn(settings.DataFolder);
        return File.Exists(file) && OwnerOnlyPermissions.IsAccessibleToOthers(File.GetUnixFileMode(file))
            ? $"Other users of this machine may open the settings, which can hold passwords and keys. Run: chmod 600 {file}"
            : null;
    }

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}
