using System.Diagnostics;

namespace Patron.IntegrationTests.Outside;

/// <summary>Runs external programs against our servers.</summary>
internal static class OutsideProgram
{
    /// <summary>Returns the exit status and the output. The program must end within the timeout, by default one minute.</summary>
    public static async Task<(int Status, string Output, string Errors)> RunAsync(
        string program, string[] arguments, TimeSpan? timeout = null, params (string Name, string? Value)[] environment)
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
            await process.WaitForExitAsync().WaitAsync(timeout ?? TimeSpan.FromMinutes(1));
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
