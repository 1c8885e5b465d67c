using System.Text;

namespace Patron.Customers.Import;

/// <summary>
/// Passes a file on as it is read, and throws <see cref="UnreadableFileException"/> with the line at the first byte that is not UTF-8. A
/// file in another encoding would otherwise be imported in part: only its lines with accented letters would fail.
/// </summary>
internal sealed class StrictUtf8Stream(Stream source) : Stream
{
    private readonly Decoder decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetDecoder();
    private char[] decoded = [];
    private long line = 1;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        Check(buffer.Span[..read], isEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = source.Read(buffer, offset, count);
        Check(buffer.AsSpan(offset, read), isEnd: read == 0 && count > 0);
        return read;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Check(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        if (decoded.Length < bytes.Length + 4)
        {
            decoded = new char[bytes.Length + 4]; // A character that an earlier read began can end here.
        }

        try
        {
            decoder.GetChars(bytes, decoded, isEnd);
            line += bytes.Count((byte)'\n');
        }
        catch (DecoderFallbackException exception)
        {
            var before = bytes[..Math.Clamp(exception.Index, 0, bytes.Length)];
            throw new UnreadableFileException(
                $"The file is not in UTF-8: line {line + before.Count((byte)'\n')} holds other bytes. Save the file as UTF-8, or name its encoding, such as --encoding windows-1252.");
        }
    }
}
