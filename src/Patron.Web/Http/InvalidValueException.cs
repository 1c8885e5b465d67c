using System.Text.Json;

namespace Patron.Web.Http;

/// <summary>
/// A value that is refused while the request is read. The message is the sentence for the caller. The serializer adds the path of the
/// field.
/// </summary>
public sealed class InvalidValueException : JsonException
{
    public InvalidValueException(string message)
        : base(message)
    {
    }

    /// <summary>For a field that the serializer does not read.</summary>
    public InvalidValueException(string message, string field)
        : base(message, $"$.{field}", lineNumber: null, bytePositionInLine: null)
    {
    }
}
