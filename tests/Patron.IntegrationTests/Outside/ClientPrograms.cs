using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>The programs of the sources' users.</summary>
internal static class ClientPrograms
{
    public static string Folder { get; } = Path.Combine(Checkout.Folder, "tests", "clients");

    /// <summary>What runs those in Python. A python3 of somebody's own may stand before the distribution's, which has the package.</summary>
    public static async Task<string> PythonAsync(string package = "requests")
    {
        foreach (var python in new[] { "python3", "/usr/bin/python3" })
        {
            if ((await OutsideProgram.RunAsync(python, ["-c", $"import {package}"])).Status == 0)
            {
                return python;
            }
        }

        throw new InvalidOperationException($"Python's package {package} is not there; ./test installs it (or: apt-get install python3-{package}).");
    }
}
