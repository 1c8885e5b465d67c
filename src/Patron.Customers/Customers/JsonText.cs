using System.Text.Json;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>Well-formed JSON, compared by content: the database changes the spacing and the order of members.</summary>
internal readonly struct JsonText(string text) : IEquatable<JsonText>
{
    // Enough for preferences, and within the limits of PostgreSQL's numeric.
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

    public override int GetHashCode() => 0; // Never used as a key.

    /// <summary>
    /// What PostgreSQL's <c>jsonb</c> cannot store of it, as a sentence: invalid characters and numbers that are too long; null where it is
    /// an object that can be stored.
    /// </summary>
    public string? Problem()
    {
        using var document = JsonDocument.Parse(text);
        return Problem(document.RootElement);
    }

    /// <summary>The same for a parsed document.</summary>
    public static string? Problem(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object ? PartProblem(element) : CustomerRules.PreferencesRule;
        }
        catch (InvalidOperationException)
        {
            return InputText.InvalidUnicode; // Half of a surrogate pair is detected only when the string is read.
        }
    }

    private static string? PartProblem(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object =>
            element.EnumerateObject().Select(member => InputText.Problem(member.Name) ?? PartProblem(member.Value))
                .FirstOrDefault(problem => problem is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(PartProblem).FirstOrDefault(problem => problem is not null),
        JsonValueKind.String => InputText.Problem(element.GetString()!),
        JsonValueKind.Number => IsStorableNumber(element.GetRawText(), element.GetDouble()) ? null : CustomerRules.PreferencesRule,
        _ => null,
    };

    // A zero with an exponent may be a number that is too small for a double.
    private static bool IsStorableNumber(string written, double value) =>
        written.Length <= MaxNumberLength
            && (written.AsSpan().IndexOfAny('e', 'E') < 0 || Math.Abs(value) is > 1 / MaxMagnitude and < MaxMagnitude);
}
