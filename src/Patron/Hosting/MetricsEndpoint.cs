using Patron.Shared;

namespace Patron.Hosting;

/// <summary>The address at which Prometheus reads metrics; section <c>Metrics</c>. Off unless it is set.</summary>
public sealed class MetricsOptions
{
    /// <summary>A separate address, such as <c>http://127.0.0.1:9464</c>, because clients of the API should not see metrics.</summary>
    public string? Url { get; set; }

    /// <summary>The parsed <see cref="Url"/>; null if it is not set or invalid.</summary>
    internal BindingAddress? Address =>
        Url is { } url && ListenAddress.TryParse(url) is { Port: > 0, PathBase: "" } address ? address : null;

    /// <summary>The error in these settings, as a sentence; null if there is none.</summary>
    public string? Contradiction() =>
        Url is not null && Address is null ? "Metrics:Url must be an http address such as http://127.0.0.1:9464." : null;
}

/// <summary><c>GET /metrics</c> in the Prometheus text format, on a listener that serves nothing else.</summary>
internal static class MetricsEndpoint
{
    /// <summary>
    /// The addresses to listen at, with the one for metrics last, because the first one is announced as the server's address.
    /// </summary>
    /// <exception cref="CannotStartException">Metrics would be served at the API's port.</exception>
    public static string[] AddUrl(string[] urls, MetricsOptions options)
    {
        if (options is not { Url: { } url, Address.Port: var port })
        {
            return urls;
        }

        return urls.Any(other => BindingAddress.Parse(other).Port == port)
            ? throw new CannotStartException($"Metrics:Url must have a port of its own; {port} is the server's.")
            : [.. urls, url];
    }

    /// <summary>Handles every request of the metrics listener outside of the server's pipeline.</summary>
    public static void UseMetricsListener(this WebApplication app, MetricsOptions options)
    {
        if (options.Address is { Port: var port })
        {
            app.MapWhen(http => http.Connection.LocalPort == port, listener => listener.UseOpenTelemetryPrometheusScrapingEndpoint());
        }
    }
}
