namespace Patron.Dialects.Tradeline;

/// <summary>Settings of the tradeline dialect; section <c>Tradeline</c>.</summary>
public sealed class TradelineOptions
{
    /// <summary>The name of the Frappe app that front ends call: <c>/api/method/{App}.api.auth.login</c>.</summary>
    public string App { get; set; } = "rockettradeline";

    /// <summary>Whether the app's methods answer <c>{"message": {...}}</c>, like Frappe.</summary>
    public bool Envelope { get; set; }

    /// <summary>The error in these settings, as a sentence; null if there is none.</summary>
    public string? Contradiction() => App.Length > 0 && App.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
        ? null
        : "Tradeline:App must consist of letters, digits and underscores, such as rockettradeline.";
}
