using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Links to documents in Odoo's own portal, where customers pay invoices and sign quotations. There is none without <see
/// cref="OdooOptions.PortalUrl"/>. Patron creates no links: a document has one once Odoo has made its access token, which it does when it
/// sends the document to the customer. The token opens this document without a login and never expires.
/// </summary>
internal sealed class OdooPortal(OdooOptions options)
{
    private const string Path = "access_url";
    private const string Token = "access_token";

    /// <summary>The fields to read with the document.</summary>
    public IReadOnlyList<string> Fields { get; } = options.PortalUrl is null ? [] : [Path, Token];

    public string? UrlOf(OdooRow row) =>
        options.PortalUrl is { } url && row.Text(Token) is { } token && row.Text(Path) is ['/', ..] path
            ? $"{url.TrimEnd('/')}{path}?access_token={Uri.EscapeDataString(token)}"
            : null;
}
