using Patron.Shared;

namespace Patron.Hosting;

/// <summary>Where Prometheus reads metrics; section <c>Metrics</c>. Off unless an address is set.</summary>
public sealed class MetricsOptions
{
    /// <summary>An address of its own, such as <c>http://127.0.0.1:9464</c>: metrics are not for everybody who reaches the API.</summary>
    public string? Url { get; set; }

    /// <summary>The parts of <see cref="Url"/>; null where it is not set or is no such address.</summary>
    internal BindingAddress? Address => Url is { } url && ListenAddress.TryParse(url) is { Port: > 0, PathBase: "" } address ? address : null;

    /// <summary>What is wrong with these settings, as a sentence; null when nothing is.</summary>
    public string? Contradiction() =>
        Url is not null && Address is null ? "Metrics:Url must be an http address such as http://127.0.0.1:9464." : null;
}

/// <summary><c>GET /metrics</c> in the text format of Prometheus, on a listener that serves nothing else.</summary>
internal static class MetricsEndpoint
{
    /// <summary>The addresses to listen at. The one for metrics comes last: the first is the server's own.</summary>
    /// <exception cref="CannotStartException">Metrics would be served at the API's port.</exception>
    public static string[] AddTo(string[] urls, MetricsOptions options)
    {
        if (options is not { Url: { } url, Address.Port: var port })
        {
            return urls;
        }

        return urls.Any(other => BindingAddress.Parse(other).Port == port)
            ? throw new CannotStartException($"Metrics:Url must have a port of its own; {port} is the server's.")
            : [.. urls, url];
    }

    /// <summary>Takes every request of the metrics listener out of the server's pipeline.</summary>
    public static void UseMetricsListener(this WebApplication app, MetricsOptions options)
    {
        if (options.Address is { Port: var port })
        {
            app.MapWhen(http => http.Connection.LocalPort == port, listener => listener.UseOpenTelemetryPrometheusScrapingEndpoint());
        }
    }
}
