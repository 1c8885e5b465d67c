using Patron.IntegrationTests.Hosting;
using Patron.Tests;

namespace Patron.IntegrationTests.Outside;

/// <summary>Client programs of the sources.</summary>
internal static class ClientPrograms
{
    public static string Folder { get; } = Path.Combine(Checkout.Folder, "tests", "clients");

    /// <summary>The Python interpreter that has the package. Another python3 can come before the distribution's in the PATH.</summary>
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
