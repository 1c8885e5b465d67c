using Patron.Customers.Erp;
using Patron.Erp.Runs;
using Patron.Shared.Background;

namespace Patron.Odoo;

/// <summary>The protocol for calls to Odoo.</summary>
public enum OdooProtocol
{
    /// <summary>By the server's version: JSON-2 from 19 on, JSON-RPC before.</summary>
    Auto,
    Json2,
    JsonRpc,
}

/// <summary>Settings of the company's Odoo; section <c>Odoo</c>. Without a URL there is no Odoo.</summary>
public sealed class OdooOptions
{
    /// <summary>The URL of Odoo, such as <c>https://odoo.example.com</c>.</summary>
    public string? Url { get; set; }

    /// <summary>
    /// The address where customers open Odoo's own portal. If it is set, documents that Odoo has sent have a link to their page there.
    /// </summary>
    public string? PortalUrl { get; set; }

    public string? Database { get; set; }

    /// <summary>The login of Patron's user in Odoo. JSON-2 does not need it, because the key identifies the user.</summary>
    public string? User { get; set; }

    /// <summary>The API key of Patron's user; up to Odoo 13 its password.</summary>
    public string? ApiKey { get; set; }

    public OdooProtocol Protocol { get; set; }

    /// <summary>The number of partners in one page.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>The schedule of full runs: a cron string in UTC, or <c>never</c>.</summary>
    public string Schedule { get; set; } = "0 2 * * *";

    /// <summary>
    /// The schedule of incremental runs, in the same format. They complement full runs and do not replace them: late commits of known
    /// partners are missed.
    /// </summary>
    public string IncrementalSchedule { get; set; } = CronSchedule.Never;

    /// <summary>The timeout of a dashboard section; after that its cached answer is shown.</summary>
    public TimeSpan SectionTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum age of a cached dashboard section.</summary>
    public TimeSpan DashboardAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The fields that Odoo owns, of <see cref="ErpOwnership.Available"/>; all of them by default. The next full run applies a change.
    /// </summary>
    public string[]? Owns { get; set; }

    public bool IsConfigured => Url is not null;

    /// <summary>Identifies the Odoo: ids of another one mean other partners.</summary>
    internal string Identity =>
        $"{Database} at {new Uri(Url!).GetComponents(UriComponents.HostAndPort | UriComponents.Path, UriFormat.Unescaped).TrimEnd('/')}";

    // JSON-2 sends both as headers, which are limited to visible ASCII; a password may contain anything.
    internal bool FitsHeaders => $"{Database}{ApiKey}".All(character => character is > ' ' and <= '~');

    /// <summary>The contradiction in these settings, as a sentence; null if there is none.</summary>
    public string? Contradiction() => this switch
    {
        { Url: null } when Database is not null || User is not null || ApiKey is not null || PortalUrl is not null =>
            "Odoo:Database, Odoo:User, Odoo:ApiKey or Odoo:PortalUrl is set but Odoo:Url is not.",
        { Url: { } url } when !IsAddress(url) => "Odoo:Url must be an address such as https://odoo.example.com.",
        { PortalUrl: { } url } when !IsAddress(url) =>
            "Odoo:PortalUrl must be the address where customers open Odoo, such as https://odoo.example.com.",
        { Url: not null, Database: null } =>
            "Odoo:Url is set but Odoo:Database is not; Odoo's own list of databases is at /web/database/selector.",
        { Url: not null, ApiKey: null } =>
            "Odoo:Url is set but Odoo:ApiKey is not; the user makes one in Odoo under Preferences, Account Security.",
        { Url: not null, Protocol: OdooProtocol.JsonRpc, User: null } =>
            "Odoo:Protocol is jsonrpc, which needs Odoo:User, the login that the key belongs to.",
        { Protocol: OdooProtocol.Json2, FitsHeaders: false } =>
            "Odoo:Database and Odoo:ApiKey must be plain letters, digits and signs to be sent by Odoo:Protocol json2.",
        { PageSize: < 1 or > 2000 } => "Odoo:PageSize must be between 1 and 2000.",
        { Url: not null } when CronSchedule.Refusal("Odoo:Schedule", Schedule) is { } refusal => refusal,
        { Url: not null } when CronSchedule.Refusal("Odoo:IncrementalSchedule", IncrementalSchedule) is { } refusal => refusal,
        _ when Owns?.Except(ErpOwnership.Available, StringComparer.Ordinal).FirstOrDefault() is { } unknown =>
            $"Odoo:Owns must be some of {string.Join(", ", ErpOwnership.Available)}; '{unknown}' is none.",
        _ when SectionTimeout < TimeSpan.FromMilliseconds(100) || SectionTimeout > TimeSpan.FromMinutes(1) =>
            "Odoo:SectionTimeout must be between 0.1 seconds and one minute (00:00:05).",
        _ when DashboardAge < TimeSpan.Zero || DashboardAge > TimeSpan.FromDays(1) =>
            "Odoo:DashboardAge must be between nothing and one day (00:01:00).",
        _ => null,
    };

    private static bool IsAddress(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };
}
