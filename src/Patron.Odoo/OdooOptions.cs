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

    /// <summary>When the sync runs by itself: a cron string of five fields, in UTC. Empty: never.</summary>
    public string Schedule { get; set; } = "0 2 * * *";

    public bool IsConfigured => Url is not null;
}
