using System.Diagnostics;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary>The exit status and output of a command.</summary>
internal sealed record CommandAnswer(int Status, string Output, string Errors)
{
    /// <summary>Checks that the command was refused with one sentence that contains these words, and printed nothing else.</summary>
    public void ShouldBeRefused(string words)
    {
        Assert.Equal(1, Status);
        Assert.Empty(Output);
        var sentence = Assert.Single(Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(words, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", sentence, StringComparison.Ordinal);
    }
}

/// <summary>Runs commands of the built program with their own environment, outside of the tests' process.</summary>
internal static class PatronCommandLine
{
    /// <summary>Ends a test whose process hangs. It says nothing about speed, which bench/ measures on a quiet machine.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The program as people run it, which ./test builds first because its start takes a sixth less work; without ./test the one that was
    /// built with the tests, in artifacts/bin/Patron/debug.
    /// </summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("PATRON_TEST_PROGRAM") ?? Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Patron", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "patron.dll");

    /// <summary>Starts the program with these settings as environment variables, without other variables of Patron.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> settings, params string[] arguments) =>
        StartProgram(Program, settings, arguments);

    /// <summary>The same for another program.</summary>
    public static Process StartProgram(string program, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        // A test run in the background ignores SIGINT, and its children would inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // A killed process would leave its pipes in /tmp.
        start.Environment.Remove("DOTNET_GCgen0size"); // That of the tests, which make more garbage.
        return Process.Start(start)!;
    }

    /// <summary>
    /// Runs a command and waits for its end: in one of the <see cref="CommandHosts"/>, unless it serves, reads its standard input or depends
    /// on how its process was started.
    /// </summary>
    public static Task<CommandAnswer> RunAsync(
        IReadOnlyDictionary<string, string> settings, string[] arguments, string? input = null) =>
        arguments.Contains("serve") || input is not null || !settings.Keys.All(IsOurs)
            ? RunAloneAsync(settings, arguments, input)
            : CommandHosts.RunAsync(settings, arguments);

    public static Task<CommandAnswer> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    private static async Task<CommandAnswer> RunAloneAsync(IReadOnlyDictionary<string, string> settings, string[] arguments, string? input)
    {
        using var process = Start(settings, arguments);
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteLineAsync(input);
            }

            process.StandardInput.Close();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(Timeout);
            return new CommandAnswer(process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>Runs <c>patron serve</c> with a new data folder, for starts that are refused.</summary>
    public static async Task<CommandAnswer> ServeAsync(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        using var folder = new DataFolder();
        string[] urls = arguments.Contains("--urls") ? [] : ["--urls", $"http://127.0.0.1:{PatronProcess.FreePort()}"];
        return await RunAsync(settings, ["serve", "--data", folder.Location, .. urls, .. arguments]);
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("PATRON_", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("OTEL_", StringComparison.Ordinal) || name.Contains("__", StringComparison.Ordinal);
}
