namespace Patron.OdooStandIn.Server;

/// <summary>How the server behaves.</summary>
public sealed record StandInSettings
{
    public string Database { get; init; } = "erp";

    /// <summary>Where it listens; a free port of this machine unless said.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Workers, as in production: HTTP/1.0 and one database that needs no naming.</summary>
    public bool HasWorkers { get; init; }

    /// <summary>The least time that a call takes.</summary>
    public TimeSpan PerCall { get; init; }

    /// <summary>The least time that 1000 rows of an answer take: 43 ms on a real 19.</summary>
    public TimeSpan PerThousandRows { get; init; }
}
