namespace Patron.Tests;

/// <summary>The folder of the project, found from the folder of the tests.</summary>
public static class Checkout
{
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Patron.slnx"))
        ? folder
        : Find(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? throw new InvalidOperationException("The tests do not run from inside the project."));
}
