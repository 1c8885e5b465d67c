using Patron.Shared;

namespace Patron.Hosting;

/// <summary>Where Prometheus reads metrics; section <c>Metrics</c>. Off unless an address is set.</summary>
public sealed class MetricsOptions
{
    /// <summary>An address of its own, such as <c>http://127.0.0.1:9464</c>: metrics are not for everybody who reaches the API.</summary>
    public string? Url { get; set; }

    /// <summary>What is wrong with these settings, as a sentence; null when nothing is.</summary>
    public string? Contradiction() => Url is null || TryParse(Url, out _) ? null : "Metrics:Url must be an http address such as http://127.0.0.1:9464.";

    internal static bool TryParse(string url, out BindingAddress address)
    {
        try
        {
            address = BindingAddress.Parse(url);
            return address is { Scheme: "http", Port: > 0 and <= 65_535, PathBase: "" };
        }
        catch (FormatException)
        {
            address = null!;
            return false;
        }
    }
}

/// <summary><c>GET /metrics</c> in the text format of Prometheus, on a listener that serves nothing else.</summary>
internal static class MetricsEndpoint
{
    /// <summary>The addresses to listen at. The one for metrics comes last: the first is the server's own.</summary>
    /// <exception cref="CannotStartException">Metrics would be served at the API's port.</exception>
    public static string[] AddTo(string[] urls, MetricsOptions options)
    {
        if (options.Url is not { } url || !MetricsOptions.TryParse(url, out var metrics))
        {
            return urls;
        }

        return urls.Any(other => BindingAddress.Parse(other).Port == metrics.Port)
            ? throw new CannotStartException($"Metrics:Url must have a port of its own; {metrics.Port} is the server's.")
            : [.. urls, url];
    }

    /// <summary>Takes every request of the metrics listener out of the server's pipeline.</summary>
    public static void UseMetricsListener(this WebApplication app, MetricsOptions options)
    {
        if (options.Url is { } url && MetricsOptions.TryParse(url, out var metrics))
        {
            app.MapWhen(http => http.Connection.LocalPort == metrics.Port, listener => listener.UseOpenTelemetryPrometheusScrapingEndpoint());
        }
    }
}
