namespace Patron.Shared.Mail;

/// <summary>
/// Where people reach the portal's pages: what links in mails begin with. The setting <c>Portal:Url</c>, else where this process listens, asked
/// for when it does; a role without pages has none.
/// </summary>
public sealed class PortalAddress(string? url, Func<string>? listening)
{
    /// <summary>The address of a page, such as <c>/login</c>; null where there are no pages.</summary>
    public string? Page(string path) => (url ?? (listening is null ? null : Reachable(listening()))) is { } root ? root.TrimEnd('/') + path : null;

    // An address that stands for all of a machine's becomes one that can be opened on it.
    private static string Reachable(string address)
    {
        foreach (var all in new[] { "//+:", "//*:", "//0.0.0.0:", "//[::]:" })
        {
            address = address.Replace(all, "//127.0.0.1:", StringComparison.Ordinal);
        }

        return address;
    }
}
