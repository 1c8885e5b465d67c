namespace Patron.Hosting;

/// <summary>An address that this process listens at, such as <c>http://127.0.0.1:8000</c>. A reverse proxy provides https.</summary>
internal static class ListenAddress
{
    /// <summary>The parsed address; null if the text is not one.</summary>
    public static BindingAddress? TryParse(string text)
    {
        try
        {
            return BindingAddress.Parse(text) is { Scheme: "http", Port: >= 0 and <= 65_535 } address ? address : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
