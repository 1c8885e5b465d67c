using System.Text.Json;

namespace Patron.Web.Http;

/// <summary>A value that no use case gets to see; the message is the sentence for the caller. The serializer adds the field's path, where it reads it.</summary>
public sealed class RefusedValueException : JsonException
{
    public RefusedValueException(string message)
        : base(message)
    {
    }

    /// <summary>The same for a field that is not read by the serializer.</summary>
    public RefusedValueException(string message, string field)
        : base(message, $"$.{field}", lineNumber: null, bytePositionInLine: null)
    {
    }
}
