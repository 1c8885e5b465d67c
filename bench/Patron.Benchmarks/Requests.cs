using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;

namespace Patron.Benchmarks;

/// <summary>
/// Complete requests to a server in this process, one after the other, over a socket that allocates nothing itself, so that all allocations
/// are the server's. Times include the transfer; see bench/load for times under load.
/// </summary>
public class Requests
{
    private const string Email = "admin@patron.example";
    private const string Password = "bench needs one 7";
    private readonly byte[] received = new byte[1 << 20];
    private DirectoryInfo folder = null!;
    private PrivatePostgresServer postgres = null!;
    private WebApplication server = null!;
    private Socket socket = null!;
    private byte[] get = [];
    private byte[] list = [];

    // BenchmarkDotNet does not await these in process.
    [GlobalSetup]
    public void SetUp() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void CleanUp() => StopAsync().GetAwaiter().GetResult();

    [Benchmark]
    public int GetCustomer() => Ask(get);

    [Benchmark]
    public int List100() => Ask(list);

    private async Task StartAsync()
    {
        folder = Directory.CreateTempSubdirectory("patron-benchmarks-");
        postgres = await PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions { DataFolder = folder.FullName, Durable = false }, NullLogger.Instance, CancellationToken.None);
        var settings = SettingsReader.Read(
            new ConfigurationBuilder().AddInMemoryCollection([new("PATRON_ADMIN_EMAIL", Email), new("PATRON_ADMIN_PASSWORD", Password)]).Build(),
            ProcessRole.All, folder.FullName);
        server = PatronServer.Build(settings, postgres.ConnectionString, ["http://127.0.0.1:0"]);
        await server.StartAsync();
        var address = new Uri(server.Urls.Single());
        using var client = new HttpClient { BaseAddress = address };
        await WaitAsync(client);
        var token = (await PostAsync(client, "/api/auth/login/", new { email = Email, password = Password })).GetProperty("access_token").GetString();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var id = "";
        for (var number = 1; number <= 100; number++)
        {
            var created = await PostAsync(client, "/api/v1/customers/", new { first_name = "Jane", last_name = "Doe", email = $"jane{number}@example.com", city = "Berlin" });
            id = created.GetProperty("customer_id").GetString();
        }

        get = Request($"/api/v1/customers/{id}", address, token!);
        list = Request("/api/v1/customers/?limit=100", address, token!);
        socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
    }

    private async Task StopAsync()
    {
        socket.Dispose();
        await server.StopAsync();
        await server.DisposeAsync();
        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    // An answer ends with the last chunk; its length does not matter here.
    private int Ask(byte[] request)
    {
        socket.Send(request);
        var length = 0;
        do
        {
            length += socket.Receive(received.AsSpan(length));
        }
        while (!received.AsSpan(0, length).EndsWith("\r\n0\r\n\r\n"u8));

        return received.AsSpan().StartsWith("HTTP/1.1 200"u8) ? length : throw new InvalidOperationException(Encoding.UTF8.GetString(received, 0, length));
    }

    private static byte[] Request(string path, Uri address, string token) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {token}\r\n\r\n");

    private static async Task WaitAsync(HttpClient client)
    {
        for (var patience = 600; !(await client.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode; patience--)
        {
            if (patience == 0)
            {
                throw new InvalidOperationException("The server did not become ready.");
            }

            await Task.Delay(50);
        }
    }

    private static async Task<JsonElement> PostAsync<T>(HttpClient client, string path, T body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
    }
}
