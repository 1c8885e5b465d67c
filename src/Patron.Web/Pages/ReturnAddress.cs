namespace Patron.Web.Pages;

/// <summary>Where to go after sign-in. Only addresses of this site are allowed.</summary>
public static class ReturnAddress
{
    public const string Home = "/dashboard";
    private const int MaxLength = 2000;

    /// <summary>
    /// Returns the address, or the dashboard's if it leads to another site: browsers read <c>//host</c> and <c>/\host</c> as another site.
    /// </summary>
    public static string Sanitize(string? address) =>
        address is { Length: > 0 and <= MaxLength } && address[0] == '/' && !(address.Length > 1 && address[1] is '/' or '\\')
            && address.All(IsPlain)
            ? address
            : Home;

    // Characters that browsers drop or read as a slash could make it another site.
    private static bool IsPlain(char character) => character is > ' ' and < '\x7f' and not '\\';
}
