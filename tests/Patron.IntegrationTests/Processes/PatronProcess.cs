using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Patron.IntegrationTests.Hosting;
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
        IReadOnlyDictionary<string, string> settings, string[] arguments, string? input = null, TimeSpan? timeout = null) =>
        arguments.Contains("serve") || input is not null || timeout is not null || !settings.Keys.All(IsOurs)
            ? RunAloneAsync(settings, arguments, input, timeout)
            : CommandHosts.RunAsync(settings, arguments);

    public static Task<CommandAnswer> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    private static async Task<CommandAnswer> RunAloneAsync(
        IReadOnlyDictionary<string, string> settings, string[] arguments, string? input, TimeSpan? timeout)
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
            await process.WaitForExitAsync().WaitAsync(timeout ?? Timeout);
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

/// <summary>A running <c>patron serve</c>, which tests can kill.</summary>
internal sealed class PatronProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> errors = new();

    private PatronProcess(Process process, Uri address)
    {
        this.process = process;
        Address = address;
        Client = NewClient(address);
        Listen(process, output, errors);
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public string Output => string.Join('\n', output);

    public string Errors => string.Join('\n', errors);

    public bool IsRunning => !process.HasExited;

    /// <summary>
    /// Starts a server and returns immediately. The administrator is that of the tests unless the settings contain other ones.
    /// </summary>
    public static PatronProcess Launch(string dataFolder, IReadOnlyDictionary<string, string>? settings = null, params string[] arguments)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        var all = new Dictionary<string, string>(settings ?? Administrator, StringComparer.Ordinal);
        return new PatronProcess(PatronCommandLine.Start(all, ["serve", "--data", dataFolder, "--urls", address.ToString(), .. arguments]), address);
    }

    /// <summary>Starts a server and waits until it is ready.</summary>
    public static async Task<PatronProcess> StartAsync(string dataFolder, IReadOnlyDictionary<string, string>? settings = null, params string[] arguments)
    {
        var patron = Launch(dataFolder, settings, arguments);
        await patron.ReadyAsync();
        return patron;
    }

    public static IReadOnlyDictionary<string, string> Administrator { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PATRON_ADMIN_EMAIL"] = RunningPatron.AdminEmail,
        ["PATRON_ADMIN_PASSWORD"] = RunningPatron.AdminPassword,
    };

    /// <summary>These settings and those of the administrator.</summary>
    public static Dictionary<string, string> Settings(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(Administrator, StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return all;
    }

    /// <summary>The settings of a process on this database, with these besides.</summary>
    public static Dictionary<string, string> SettingsFor(string database, params (string Name, string Value)[] settings) =>
        Settings([("ConnectionStrings__Patron", database), ("Keys__Master", RunningPatron.MasterKey), .. settings]);

    public Task ReadyAsync() => UntilAsync(async () => await ProbeAsync("/health/ready") == HttpStatusCode.OK);

    /// <summary>The status of a probe; null while nothing listens.</summary>
    public async Task<HttpStatusCode?> ProbeAsync(string path)
    {
        try
        {
            using var answer = await Client.GetAsync(path);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Waits for a condition while the process runs.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.False(process.HasExited, $"Patron ended: {Errors}");
            Assert.True(watch.Elapsed < PatronCommandLine.Timeout, $"What the test waits for did not happen: {Errors}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits for the end and returns the exit status.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(PatronCommandLine.Timeout);
        process.WaitForExit(); // Also waits until the last lines have been read.
        return process.ExitCode;
    }

    /// <summary>Kills the process with SIGKILL, like a crash.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await EndAsync();
    }

    /// <summary>Stops the process with SIGTERM, like an operator, and returns the exit status.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        process.Dispose();
    }

    /// <summary>
    /// A port that nobody listens on, below those that Linux gives to clients: a client that tries one of those again and again may at last
    /// be connected with itself.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, RandomNumberGenerator.GetInt32(10_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one, then.
            }
        }
    }

    private static HttpClient NewClient(Uri address) =>
        new(new KilledServers()) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    private static void Listen(Process process, ConcurrentQueue<string> output, ConcurrentQueue<string> errors)
    {
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    // HttpClient does not wrap what it meets if a server is killed while it accepts a connection.
    private sealed class KilledServers() : DelegatingHandler(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (SocketException lost)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, lost.Message, lost);
            }
        }
    }
}
