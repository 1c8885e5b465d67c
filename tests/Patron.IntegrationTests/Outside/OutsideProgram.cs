using System.Diagnostics;

namespace Patron.IntegrationTests.Outside;

/// <summary>Runs somebody else's program against our servers.</summary>
internal static class OutsideProgram
{
    /// <summary>Its exit status and what it printed, errors last. It must end within the patience, a minute unless said.</summary>
    public static async Task<(int Status, string Output, string Errors)> RunAsync(
        string program, string[] arguments, TimeSpan? patience = null, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_PROXY"] = "127.0.0.1" },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(patience ?? TimeSpan.FromMinutes(1));
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
