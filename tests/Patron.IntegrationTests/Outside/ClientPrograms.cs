using System.Diagnostics;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>Programs that are not ours, run as clients of a server.</summary>
internal static class ClientPrograms
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Where those of the sources' users are.</summary>
    public static string Folder { get; } = Path.Combine(Checkout.Folder, "tests", "clients");

    /// <summary>Runs a program to its end and answers all that it printed.</summary>
    public static async Task<(int Status, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, string? input = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_PROXY"] = "127.0.0.1", ["PYTHONUTF8"] = "1" },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(Patience);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>A python3 of somebody's own may stand before the distribution's, which has the package.</summary>
    public static async Task<string> PythonAsync()
    {
        foreach (var python in new[] { "python3", "/usr/bin/python3" })
        {
            if ((await RunAsync(python, ["-c", "import requests"])).Status == 0)
            {
                return python;
            }
        }

        throw new InvalidOperationException("Python's package requests is not there; ./test installs it (or: apt-get install python3-requests).");
    }
}
