using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Patron.IntegrationTests.Reliability;

/// <summary>A TCP proxy in front of PostgreSQL that can break connections, hang or forward to another server.</summary>
internal sealed class DatabaseProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<Socket> open = [];
    private readonly string database;
    private TaskCompletionSource resumed = Done();
    private int accepted;

    /// <param name="connectionString">A database on a Unix socket.</param>
    public DatabaseProxy(string connectionString)
    {
        database = connectionString;
        Target = connectionString;
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The connection string for the database through the proxy.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = Port }.ConnectionString;

    /// <summary>The server that the proxy forwards to.</summary>
    public string? Target { get; private set; }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Closes every second connection after this number of bytes from the server; 0 closes none.</summary>
    public int CloseEverySecondAfterBytes { get; set; }

    /// <summary>Stops forwarding without closing connections, like a machine that hangs.</summary>
    public void Suspend()
    {
        lock (gate)
        {
            resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Resume()
    {
        lock (gate)
        {
            resumed.TrySetResult();
        }
    }

    /// <summary>Closes all connections.</summary>
    public void Cut()
    {
        lock (gate)
        {
            open.ForEach(socket => socket.Dispose());
            open.Clear();
        }
    }

    /// <summary>Forwards to another server (or none if null) and closes all connections.</summary>
    public void ForwardTo(string? connectionString)
    {
        lock (gate)
        {
            Target = connectionString;
        }

        Cut();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        Resume();
        ForwardTo(null);
        stop.Dispose();
    }

    private static UnixDomainSocketEndPoint SocketOf(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return new UnixDomainSocketEndPoint(Path.Combine(settings.Host!, $".s.PGSQL.{settings.Port}"));
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptSocketAsync(stop.Token));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var limit = Interlocked.Increment(ref accepted) % 2 == 0 && CloseEverySecondAfterBytes > 0 ? CloseEverySecondAfterBytes : int.MaxValue;
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await server.ConnectAsync(Remember(client, server) ?? throw new SocketException((int)SocketError.ConnectionRefused), stop.Token);
                await Task.WhenAny(PumpAsync(client, server, int.MaxValue), PumpAsync(server, client, limit));
            }
            catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Closed by one side or by the test.
            }
        }
    }

    private UnixDomainSocketEndPoint? Remember(Socket client, Socket server)
    {
        lock (gate)
        {
            open.AddRange([client, server]);
            return Target is null ? null : SocketOf(Target);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, int limit)
    {
        var buffer = new byte[8192];
        for (var left = limit; left > 0;)
        {
            var count = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)), stop.Token);
            if (count == 0)
            {
                return;
            }

            left -= count;
            await resumed.Task.WaitAsync(stop.Token);
            await to.SendAsync(buffer.AsMemory(0, count), stop.Token);
        }
    }
}
