using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.CommandLine.Imports;

/// <summary>
/// Reads a file with one JSON object per line (UTF-8) in chunks, with limited memory whatever the size of the file or a line.
/// </summary>
internal static class JsonLines
{
    public const int MaxLineBytes = 64 * 1_024;

    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false, MaxDepth = 16 };
    private static readonly Error TooLong = Error.Rule("line_invalid", $"This line is longer than {MaxLineBytes / 1_024} KB.");
    private static readonly Error NotAnObject = Error.Rule("line_invalid", "This line isn't a JSON object.");

    /// <summary>
    /// Every line that is not blank and no comment (the file of rejects has the reasons as such): the result of <paramref name="read"/> for its object, or the error why it is not one.
    /// </summary>
    public static async IAsyncEnumerable<ImportLine<T>> ReadAsync<T>(
        Stream stream, Func<JsonFields, Result<T>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0L;
        await foreach (var line in SplitAsync(stream, cancellationToken))
        {
            number++;
            if (line is null)
            {
                yield return new ImportLine<T>(number, TooLong);
            }
            else if (Trim(line, isFirst: number == 1) is { IsEmpty: false } text)
            {
                if (text.Span[0] != (byte)'#')
                {
                    yield return new ImportLine<T>(number, Parse(text, read)) { Raw = text };
                }
            }
        }
    }

    private static Result<T> Parse<T>(ReadOnlyMemory<byte> line, Func<JsonFields, Result<T>> read)
    {
        try
        {
            using var document = JsonDocument.Parse(line, JsonOptions);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(new JsonFields(document.RootElement)) : NotAnObject;
        }
        catch (JsonException broken)
        {
            return Error.Rule(
                "line_invalid", $"This line isn't a JSON object. The mistake is near character {broken.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate or invalid UTF-8, which are detected only when a string is read.
            return Error.Rule("line_invalid", "This line isn't valid Unicode.");
        }
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line, bool isFirst)
    {
        var text = isFirst && line.Span.StartsWith("\uFEFF"u8) ? line[3..] : line; // Some programs begin a file with a byte order mark.
        return text.Trim(" \t\r"u8);
    }

    // Returns null for a line that is too long and skips it.
    private static async IAsyncEnumerable<byte[]?> SplitAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: MaxLineBytes, leaveOpen: true));
        var isTooLong = false;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var rest = result.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                var line = rest.Slice(0, end);
                yield return isTooLong || line.Length > MaxLineBytes ? null : line.ToArray();
                rest = rest.Slice(rest.GetPosition(1, end));
                isTooLong = false;
            }

            if (rest.Length > MaxLineBytes)
            {
                isTooLong = true;
                rest = rest.Slice(rest.End);
            }

            if (result.IsCompleted)
            {
                if (isTooLong || !rest.IsEmpty)
                {
                    yield return isTooLong ? null : rest.ToArray();
                }

                break;
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }

        await reader.CompleteAsync();
    }
}
