namespace Patron.Shared.Mail;

/// <summary>
/// Where people reach the portal's pages: what links in mails begin with. The setting <c>Portal:Url</c>, else where this process listens, or
/// would by default; a role without pages has none.
/// </summary>
public sealed class PortalAddress(string? url, string? byDefault)
{
    private string? listening;

    /// <summary>Without a slash at the end; null where there are no pages.</summary>
    public string? Root => (url ?? listening ?? byDefault)?.TrimEnd('/');

    /// <summary>The server listens here; an address that stands for all of the machine's becomes one that can be opened on it.</summary>
    public void ListensAt(string address)
    {
        if (byDefault is not null && Uri.TryCreate(address.Replace("//+:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//*:", "//127.0.0.1:", StringComparison.Ordinal), UriKind.Absolute, out var uri))
        {
            listening = uri.Host is "0.0.0.0" or "[::]" ? $"{uri.Scheme}://127.0.0.1:{uri.Port}" : uri.GetLeftPart(UriPartial.Authority);
        }
    }

    /// <summary>The address of a page, such as <c>/login</c>; null where there are none.</summary>
    public string? Page(string path) => Root is { } root ? root + path : null;
}
