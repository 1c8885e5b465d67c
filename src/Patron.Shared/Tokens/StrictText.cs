using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Patron.Shared.Tokens;

/// <summary>Base64url and JSON with one reading only: what two parsers could understand differently is refused.</summary>
internal static class StrictText
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>RFC 7515, section 2: base64url without padding, line breaks or anything else beside.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        // The framework's decoder takes padding and white space too; encoding again is the proof that the text was the only
        // spelling of its bytes, and covers unused bits at the end (RFC 4648, section 3.5) as well.
        var decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        bytes = Base64Url.DecodeFromUtf8(text, decoded, out _, out var length) == OperationStatus.Done ? decoded[..length] : null;
        return bytes is not null && Base64Url.EncodeToUtf8(bytes).AsSpan().SequenceEqual(text);
    }

    /// <summary>
    /// Hands the object in this JSON text to the reader, and answers null instead of throwing when it is none, has a member twice,
    /// or has text that is no Unicode.
    /// </summary>
    public static T? ReadObject<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(json, JsonOptions);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair or invalid UTF-8, which are found only when a text is read.
            return null;
        }
    }

    /// <summary>The text of a member, or null when it is not there or is no text.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
