namespace Patron.Portal.Http;

/// <summary>Where somebody wanted to go before they had to sign in: an address of this site, whatever a link says.</summary>
internal static class ReturnAddress
{
    public const string Home = "/dashboard";
    private const int Longest = 2000;

    /// <summary>The address, or the dashboard's where it leads elsewhere: browsers read <c>//host</c> and <c>/\host</c> as another site.</summary>
    public static string Of(string? asked) =>
        asked is { Length: > 0 and <= Longest } && asked[0] == '/' && !(asked.Length > 1 && asked[1] is '/' or '\\') && asked.All(IsPlain) ? asked : Home;

    // What a browser drops or takes for a slash could make another site of it.
    private static bool IsPlain(char character) => character is > ' ' and < '\x7f' and not '\\';
}
