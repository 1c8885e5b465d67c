using System.Text.Json;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>Well-formed JSON, compared by what it says: the database gives back its own spacing and order of names.</summary>
internal readonly struct JsonText(string text) : IEquatable<JsonText>
{
    // Far above what preferences need, far below where PostgreSQL's numeric ends.
    private const int MaxNumberLength = 40;
    private const double MaxMagnitude = 1e300;

    public string Text => text;

    public bool Equals(JsonText other)
    {
        if (text == other.Text)
        {
            return true;
        }

        using var left = JsonDocument.Parse(text);
        using var right = JsonDocument.Parse(other.Text);
        return JsonElement.DeepEquals(left.RootElement, right.RootElement);
    }

    public override bool Equals(object? obj) => obj is JsonText other && Equals(other);

    public override int GetHashCode() => 0; // Only ever compared, never a key.

    /// <summary>Whether it is an object that PostgreSQL's <c>jsonb</c> can hold: no NUL or half a character in a text, no endless number.</summary>
    public bool IsStorableObject()
    {
        using var document = JsonDocument.Parse(text);
        try
        {
            return document.RootElement.ValueKind == JsonValueKind.Object && IsStorable(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            return false; // Half of a surrogate pair, which is found only where a text is read.
        }
    }

    private static bool IsStorable(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(member => IsStorable(member.Name) && IsStorable(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(IsStorable),
        JsonValueKind.String => IsStorable(element.GetString()!),
        JsonValueKind.Number => IsStorableNumber(element.GetRawText(), element.GetDouble()),
        _ => true,
    };

    // A zero with an exponent may be a number too small for a double.
    private static bool IsStorableNumber(string written, double value) =>
        written.Length <= MaxNumberLength && (written.AsSpan().IndexOfAny('e', 'E') < 0 || Math.Abs(value) is > 1 / MaxMagnitude and < MaxMagnitude);

    private static bool IsStorable(string value) => GivenText.Problem(value) is null;
}
