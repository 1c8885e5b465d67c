using Patron.Customers.Erp;
using Patron.Erp.Runs;

namespace Patron.Odoo;

/// <summary>How Patron talks to Odoo.</summary>
public enum OdooProtocol
{
    /// <summary>As the server says: JSON-2 from 19 on, JSON-RPC before.</summary>
    Auto,
    Json2,
    JsonRpc,
}

/// <summary>Settings of the company's Odoo; section <c>Odoo</c>. Without an address there is none.</summary>
public sealed class OdooOptions
{
    /// <summary>Where Odoo answers, such as <c>https://odoo.example.com</c>.</summary>
    public string? Url { get; set; }

    public string? Database { get; set; }

    /// <summary>The robot's login; JSON-2 needs none, the key says whose it is.</summary>
    public string? User { get; set; }

    /// <summary>The robot's API key; up to Odoo 13 its password.</summary>
    public string? ApiKey { get; set; }

    public OdooProtocol Protocol { get; set; }

    /// <summary>Partners read at once.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>When a full run begins by itself: a cron string in UTC, or <c>never</c>.</summary>
    public string Schedule { get; set; } = "0 2 * * *";

    /// <summary>When an incremental run begins by itself, in the same form. Between full runs, not instead of them: it misses late commits of known partners.</summary>
    public string IncrementalSchedule { get; set; } = SyncSchedule.Never;

    /// <summary>How long a section of a customer's dashboard may take; after that its last known answer is shown.</summary>
    public TimeSpan SectionTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How old a section of a customer's dashboard may be before Odoo is asked again.</summary>
    public TimeSpan DashboardAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What Odoo owns of a customer that it knows, of <see cref="ErpOwnership.Known"/>; all of that unless set. The next full run follows a change.</summary>
    public string[]? Owns { get; set; }

    public bool IsConfigured => Url is not null;

    /// <summary>Which Odoo this is: partners of another one are other people.</summary>
    internal string Identity => $"{Database} at {new Uri(Url!).GetComponents(UriComponents.HostAndPort | UriComponents.Path, UriFormat.Unescaped).TrimEnd('/')}";

    // JSON-2 sends both as headers, which hold visible ASCII; a password may be anything.
    internal bool FitsHeaders => $"{Database}{ApiKey}".All(character => character is > ' ' and <= '~');

    /// <summary>What contradicts itself in these settings, as a sentence; null when nothing does.</summary>
    public string? Contradiction() => this switch
    {
        { Url: null } when Database is not null || User is not null || ApiKey is not null => "Odoo:Database, Odoo:User or Odoo:ApiKey is set but Odoo:Url is not.",
        { Url: { } url } when !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri is not { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" } =>
            "Odoo:Url must be an address such as https://odoo.example.com.",
        { Url: not null, Database: null } => "Odoo:Url is set but Odoo:Database is not; Odoo's own list of databases is at /web/database/selector.",
        { Url: not null, ApiKey: null } => "Odoo:Url is set but Odoo:ApiKey is not; the user makes one in Odoo under Preferences, Account Security.",
        { Url: not null, Protocol: OdooProtocol.JsonRpc, User: null } => "Odoo:Protocol is jsonrpc, which needs Odoo:User, the login that the key belongs to.",
        { Protocol: OdooProtocol.Json2, FitsHeaders: false } => "Odoo:Database and Odoo:ApiKey must be plain letters, digits and signs to be sent by Odoo:Protocol json2.",
        { PageSize: < 1 or > 2000 } => "Odoo:PageSize must be between 1 and 2000.",
        { Url: not null } when SyncSchedule.Refusal("Odoo:Schedule", Schedule) is { } refusal => refusal,
        { Url: not null } when SyncSchedule.Refusal("Odoo:IncrementalSchedule", IncrementalSchedule) is { } refusal => refusal,
        _ when Owns?.Except(ErpOwnership.Known, StringComparer.Ordinal).FirstOrDefault() is { } unknown =>
            $"Odoo:Owns must be some of {string.Join(", ", ErpOwnership.Known)}; '{unknown}' is none.",
        _ when SectionTimeout < TimeSpan.FromMilliseconds(100) || SectionTimeout > TimeSpan.FromMinutes(1) => "Odoo:SectionTimeout must be between 0.1 seconds and one minute (00:00:05).",
        _ when DashboardAge < TimeSpan.Zero || DashboardAge > TimeSpan.FromDays(1) => "Odoo:DashboardAge must be between nothing and one day (00:01:00).",
        _ => null,
    };
}
