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

    /// <summary>What PostgreSQL's <c>jsonb</c> cannot hold of it, as a sentence: what no text may be, and endless numbers; null where it is an object that can be stored.</summary>
    public string? Problem()
    {
        using var document = JsonDocument.Parse(text);
        return Problem(document.RootElement);
    }

    /// <summary>The same of what is read already.</summary>
    public static string? Problem(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object ? PartProblem(element) : CustomerRules.PreferencesRule;
        }
        catch (InvalidOperationException)
        {
            return GivenText.NoUnicode; // Half of a surrogate pair, which is found only where a text is read.
        }
    }

    private static string? PartProblem(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(member => GivenText.Problem(member.Name) ?? PartProblem(member.Value)).FirstOrDefault(problem => problem is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(PartProblem).FirstOrDefault(problem => problem is not null),
        JsonValueKind.String => GivenText.Problem(element.GetString()!),
        JsonValueKind.Number => IsStorableNumber(element.GetRawText(), element.GetDouble()) ? null : CustomerRules.PreferencesRule,
        _ => null,
    };

    // A zero with an exponent may be a number too small for a double.
    private static bool IsStorableNumber(string written, double value) =>
        written.Length <= MaxNumberLength && (written.AsSpan().IndexOfAny('e', 'E') < 0 || Math.Abs(value) is > 1 / MaxMagnitude and < MaxMagnitude);
}
