using Patron.Shared.Secrets;

namespace Patron.Hosting;

/// <summary>The settings file of a data folder, which may hold passwords and keys.</summary>
internal static partial class SettingsFile
{
    public const string Name = "settings.json";

    public static string In(string dataFolder) => Path.Combine(Path.GetFullPath(dataFolder), Name);

    /// <summary>Warns where other users can open it. Its mode is the operator's choice, who may share it with a group.</summary>
    public static void Warn(PatronSettings settings, ILoggerFactory logs)
    {
        if (Problem(settings) is { } problem)
        {
            LogProblem(logs.CreateLogger(typeof(SettingsFile)), problem);
        }
    }

    /// <summary>What is wrong with its mode, as a sentence; null when nothing is, or there is no such file.</summary>
    public static string? Problem(PatronSettings settings)
    {
        var file = In(settings.DataFolder);
        return File.Exists(file) && OwnerOnly.IsOpen(File.GetUnixFileMode(file))
            ? $"Other users of this machine may open the settings, which can hold passwords and keys. Run: chmod 600 {file}"
            : null;
    }

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}
