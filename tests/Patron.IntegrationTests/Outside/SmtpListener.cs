using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Patron.IntegrationTests.Outside;

internal enum SmtpManner
{
    /// <summary>Takes every message.</summary>
    Takes,

    /// <summary>Refuses every recipient for now (451).</summary>
    Refuses,

    /// <summary>Accepts connections and says nothing.</summary>
    Hangs,
}

/// <summary>A message as it came over the wire, dots unstuffed.</summary>
internal sealed record SmtpMessage(string From, string To, string Data)
{
    public string Head => Data[..Data.IndexOf("\r\n\r\n", StringComparison.Ordinal)];

    public string[] Lines => Data[(Head.Length + 4)..].Split("\r\n");

    public string? Header(string name) => Head.Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n")
        .FirstOrDefault(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];
}

/// <summary>A mail server, small enough to misbehave on request.</summary>
internal sealed class SmtpListener : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<SmtpMessage> messages = new();
    private readonly ConcurrentBag<TcpClient> hanging = [];
    private int connections;

    public SmtpListener()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    public SmtpManner Manner { get; set; }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public IReadOnlyCollection<SmtpMessage> Messages => messages;

    public int Connections => connections;

    /// <summary>Ends the connections that hang, as a server that dies does.</summary>
    public void DropHanging()
    {
        while (hanging.TryTake(out var client))
        {
            client.Dispose();
        }
    }

    public void Dispose()
    {
        DropHanging();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref connections);
                if (Manner == SmtpManner.Hangs)
                {
                    hanging.Add(client);
                }
                else
                {
                    _ = TalkAsync(client);
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var owned = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 tests.example");
        var (from, to) = ("", "");
        while (await reader.ReadLineAsync() is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "MAIL":
                    from = line;
                    await writer.WriteLineAsync("250 ok");
                    break;
                case "RCPT":
                    to = line;
                    await writer.WriteLineAsync(Manner == SmtpManner.Refuses ? "451 come back later" : "250 ok");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    messages.Enqueue(new SmtpMessage(from, to, await ReadDataAsync(reader)));
                    await writer.WriteLineAsync("250 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 ok");
                    break;
            }
        }
    }

    private static async Task<string> ReadDataAsync(StreamReader reader)
    {
        // Not by lines: a bare LF must stay one, so that the tests see it.
        const string End = "\r\n.\r\n";
        var data = new StringBuilder();
        var next = new char[1];
        while (!(data.Length >= End.Length && data[^1] == '\n' && data.ToString(data.Length - End.Length, End.Length) == End) && await reader.ReadAsync(next) == 1)
        {
            data.Append(next[0]);
        }

        return data.ToString(0, data.Length - End.Length + 2).Replace("\r\n..", "\r\n.", StringComparison.Ordinal);
    }
}
