using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Patron.OdooStandIn.Server;

/// <summary>Makes a connection respond like Odoo's workers: <c>HTTP/1.0</c> in the status line, and one response per connection.</summary>
internal static class PreforkProtocol
{
    private static readonly byte[] Http11 = "HTTP/1.1"u8.ToArray();

    public static ConnectionDelegate Use(ConnectionDelegate next) => async connection =>
    {
        var transport = connection.Transport;
        var output = new Pipe();
        connection.Transport = new Duplex(transport.Input, output.Writer);
        var passing = ForwardAsync(output.Reader, transport.Output);
        try
        {
            await next(connection);
        }
        finally
        {
            await output.Writer.CompleteAsync();
            await passing;
            connection.Transport = transport;
        }
    };

    private static async Task ForwardAsync(PipeReader reader, PipeWriter writer)
    {
        var isFirst = true;
        while (true)
        {
            var read = await reader.ReadAsync();
            var bytes = read.Buffer.ToArray();
            if (isFirst && bytes.Length < Http11.Length && !read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            if (isFirst && bytes.AsSpan().StartsWith(Http11))
            {
                bytes[Http11.Length - 1] = (byte)'0';
            }

            isFirst = false;
            reader.AdvanceTo(read.Buffer.End);
            var flushed = await writer.WriteAsync(bytes);
            if (read.IsCompleted || flushed.IsCompleted)
            {
                break;
            }
        }

        await reader.CompleteAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
