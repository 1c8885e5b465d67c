using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Patron.IntegrationTests.Outside;

/// <summary>An answer as received; status 0 if the connection was closed without one.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public bool HasType(string type) => Head.Contains($"Content-Type: {type}", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Sends hand-written HTTP/1.1 requests that no HTTP client would send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>A request as bytes. Content-Length is added unless the headers contain it.</summary>
    public static byte[] Request(string method, string target, IEnumerable<(string Name, string Value)> headers, byte[]? body = null)
    {
        var all = headers.ToList();
        if (body is not null && !all.Exists(header => header.Name is "Content-Length" or "Transfer-Encoding"))
        {
            all.Add(("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: patron.example\r\nConnection: close\r\n");
        foreach (var (name, value) in all)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body ?? []];
    }

    /// <summary>
    /// Sends the bytes and reads the answer. <paramref name="goAway"/> closes the sending side immediately, like a client that disconnects.
    /// </summary>
    public static async Task<RawAnswer> SendAsync(Uri server, byte[] request, bool goAway = false)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Host, server.Port, timeout.Token);
        var stream = client.GetStream();
        using var received = new MemoryStream();
        try
        {
            var reading = stream.CopyToAsync(received, timeout.Token);
            await stream.WriteAsync(request, timeout.Token);
            if (goAway)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }

            await reading;
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            // The server closed the connection early; what it sent before is the answer.
        }

        return Parse(received.ToArray());
    }

    private static RawAnswer Parse(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return new RawAnswer(0, "", "");
        }

        var (head, body) = (text[..end], text[(end + 4)..]);
        var isChunked = head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
        return new RawAnswer(int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), head, isChunked ? Join(bytes.AsSpan(Encoding.UTF8.GetByteCount(head) + 4)) : body);
    }

    private static string Join(ReadOnlySpan<byte> chunks)
    {
        var joined = new List<byte>();
        while (chunks.IndexOf("\r\n"u8) is var line and > 0
            && int.TryParse(Encoding.ASCII.GetString(chunks[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length) && length > 0
            && line + 2 + length + 2 <= chunks.Length)
        {
            joined.AddRange(chunks.Slice(line + 2, length));
            chunks = chunks[(line + 2 + length + 2)..];
        }

        return Encoding.UTF8.GetString([.. joined]);
    }
}
