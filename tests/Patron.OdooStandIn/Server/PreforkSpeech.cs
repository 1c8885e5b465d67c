using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Patron.OdooStandIn.Server;

/// <summary>Lets a connection answer as Odoo's workers do: <c>HTTP/1.0</c> in the first line. Each connection has one answer.</summary>
internal static class PreforkSpeech
{
    private static readonly byte[] Spoken = "HTTP/1.1"u8.ToArray();

    public static ConnectionDelegate Use(ConnectionDelegate next) => async connection =>
    {
        var transport = connection.Transport;
        var output = new Pipe();
        connection.Transport = new Duplex(transport.Input, output.Writer);
        var passing = PassOnAsync(output.Reader, transport.Output);
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

    private static async Task PassOnAsync(PipeReader reader, PipeWriter writer)
    {
        var isFirst = true;
        while (true)
        {
            var read = await reader.ReadAsync();
            var bytes = read.Buffer.ToArray();
            if (isFirst && bytes.Length < Spoken.Length && !read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            if (isFirst && bytes.AsSpan().StartsWith(Spoken))
            {
                bytes[Spoken.Length - 1] = (byte)'0';
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
