using System.Text;
using Patron.Shared;

namespace Patron.Customers.Import;

/// <summary>
/// Passes a file on as it is read, and throws <see cref="UnreadableFileException"/> with the line at the first byte that is not UTF-8. A
/// file in another encoding would otherwise be imported in part: only its lines with accented letters would fail.
/// </summary>
internal sealed class StrictUtf8Stream(Stream source) : InspectedStream(source)
{
    private readonly Decoder decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetDecoder();
    private char[] decoded = [];
    private long line = 1;

    protected override void Inspect(ReadOnlySpan<byte> bytes, bool isEnd)
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
