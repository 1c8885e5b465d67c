namespace Patron.Shared.Mail;

/// <summary>
/// The base address of the portal's pages, for links in mails: the setting <c>Portal:Url</c>, else the address that this process listens
/// at, which is known only after the start. A role without pages has none.
/// </summary>
public sealed class PortalAddress(string? url, Func<string>? listening)
{
    /// <summary>The address of a page, such as <c>/login</c>; null if there are no pages.</summary>
    public string? Page(string path) =>
        (url ?? (listening is null ? null : ToLoopback(listening()))) is { } root ? root.TrimEnd('/') + path : null;

    // An address for all interfaces cannot be opened in a browser; the loopback address can.
    private static string ToLoopback(string address)
    {
        foreach (var wildcard in new[] { "//+:", "//*:", "//0.0.0.0:", "//[::]:" })
        {
            address = address.Replace(wildcard, "//127.0.0.1:", StringComparison.Ordinal);
        }

        return address;
    }
}
