namespace Patron.Shared.Callers;

/// <summary>
/// Describes a user agent for people: 'Firefox, Windows'; null if it is unknown. It is only a hint, because clients can send any user agent.
/// </summary>
public static class Device
{
    // The order matters: many browsers also name others for compatibility.
    private static readonly (string Token, string Name)[] Browsers =
        [
            ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"),
            ("Safari/", "Safari"), ("curl/", "curl")];

    private static readonly (string Token, string Name)[] Systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")];

    public static string? Describe(string? userAgent)
    {
        var names = new[] { Find(Browsers, userAgent), Find(Systems, userAgent) }.OfType<string>().ToList();
        return names.Count > 0 ? string.Join(", ", names) : null;
    }

    private static string? Find((string Token, string Name)[] candidates, string? userAgent) =>
        Array.Find(candidates, candidate => userAgent?.Contains(candidate.Token, StringComparison.Ordinal) == true).Name;
}
