namespace Patron.OdooStandIn.Server;

/// <summary>The settings of the server.</summary>
public sealed record StandInSettings
{
    public string Database { get; init; } = "erp";

    /// <summary>The listen address; a free local port by default.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Workers, as in production: HTTP/1.0 and a single database that need not be named.</summary>
    public bool HasWorkers { get; init; }

    /// <summary>The minimum duration of a call.</summary>
    public TimeSpan PerCall { get; init; }

    /// <summary>The minimum duration for 1000 rows of a response: 43 ms on a real 19.</summary>
    public TimeSpan PerThousandRows { get; init; }
}
