using Patron.Shared;

namespace Patron.Hosting;

/// <summary>Whether the links in mails lead to an address that their recipients can open.</summary>
internal static partial class MailLinks
{
    /// <summary>Logs a warning at the start.</summary>
    public static void Warn(PatronSettings settings, ILoggerFactory logs)
    {
        if (Problem(settings) is { } problem)
        {
            LogProblem(logs.CreateLogger(typeof(MailLinks)), problem);
        }
    }

    /// <summary>What is wrong with the links, as a sentence; null if nothing is. Mails that are written to files go to nobody.</summary>
    public static string? Problem(PatronSettings settings) =>
        settings is { Role: ProcessRole.All, Mail.Host: not null, Portal.Url: null }
            ? "Mails are sent, but Portal:Url isn't set, so their links lead to this machine (http://127.0.0.1:...). Set Portal:Url to the public address of the portal."
            : null;

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}
