namespace Patron.IntegrationTests.Hosting;

/// <summary>Where the project's own files are: the tests run from a folder below them.</summary>
public static class Checkout
{
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Patron.slnx"))
        ? folder
        : Find(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? throw new InvalidOperationException("The tests do not run from inside the project."));
}
