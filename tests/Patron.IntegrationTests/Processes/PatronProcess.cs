using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Processes;

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
        try
        {
            await patron.ReadyAsync();
            return patron;
        }
        catch
        {
            await patron.DisposeAsync(); // Or it would go on beside all other tests.
            throw;
        }
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
        new(new LostConnectionHandler()) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

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
    private sealed class LostConnectionHandler() : DelegatingHandler(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
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
