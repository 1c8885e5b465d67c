using System.Diagnostics;
using Npgsql;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Patron.Erp.Runs;
using Patron.Shared.Database;

namespace Patron.Hosting;

/// <summary>
/// Traces and metrics by OpenTelemetry, if an endpoint is set: pushed by OTLP over HTTP, or read by Prometheus (<see
/// cref="MetricsEndpoint"/>, metrics only). Spans contain route templates, never paths or queries, because those contain email addresses.
/// </summary>
internal static class Telemetry
{
    public static void Add(IServiceCollection services, PatronSettings settings)
    {
        var collector = settings.TelemetryEndpoint?.TrimEnd('/');
        if (collector is null && settings.Metrics.Url is null)
        {
            return;
        }

        services.AddHostedService<OperationMetrics>();
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService("patron", serviceVersion: Health.Version)
            .AddAttributes([new("patron.role", settings.Role.ToString().ToLowerInvariant())]));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddAspNetCoreInstrumentation().AddNpgsqlInstrumentation()
                .AddMeter("System.Runtime", SyncMetrics.MeterName, ReplicaMetrics.MeterName, OperationMetrics.MeterName);
            if (collector is not null)
            {
                metrics.AddOtlpExporter(otlp => Configure(otlp, $"{collector}/v1/metrics"));
            }

            if (settings.Metrics.Url is not null)
            {
                metrics.AddPrometheusExporter();
            }
        });
        if (collector is not null)
        {
            telemetry.WithTracing(traces => traces
                .AddAspNetCoreInstrumentation(requests => requests.EnrichWithHttpResponse = (span, _) => RemoveRequestData(span))
                .AddNpgsql()
                .AddOtlpExporter(otlp => Configure(otlp, $"{collector}/v1/traces")));
        }
    }

    // Paths, queries and user agents are free text from the caller; only the route stays.
    private static void RemoveRequestData(Activity span) =>
        span.SetTag("url.path", null).SetTag("url.query", null).SetTag("user_agent.original", null);

    private static void Configure(OtlpExporterOptions otlp, string address) =>
        (otlp.Protocol, otlp.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri(address));
}
