namespace Patron.IntegrationTests.Hosting;

/// <summary>The Chromium of this machine. The headless shell comes first: the same browser without a window, which does half the work.</summary>
public static class InstalledBrowser
{
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

    public static string Find()
    {
        var folders = Environment.GetEnvironmentVariable("PATH")!.Split(':');
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no Chromium; ./test installs it (or: apt-get install chromium).");
    }
}
