using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Patron.Hosting;

/// <summary>Traces and metrics by OpenTelemetry (OTLP over HTTP), where an endpoint is set. Spans carry route templates, never paths.</summary>
internal static class Telemetry
{
    public static void Add(IServiceCollection services, PatronSettings settings)
    {
        if (settings.TelemetryEndpoint is not { } endpoint)
        {
            return;
        }

        var resource = ResourceBuilder.CreateDefault().AddService("patron", serviceVersion: Health.Version)
            .AddAttributes([new("patron.role", settings.Role.ToString().ToLowerInvariant())]);
        var address = endpoint.TrimEnd('/');

        // Made when the host starts, so that nothing is missed; disposed with it, so that the last batch leaves.
        services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "Npgsql")
            .AddProcessor(new RouteNames())
            .AddOtlpExporter(otlp => (otlp.Protocol, otlp.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri($"{address}/v1/traces")))
            .Build());
        services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Runtime", "Npgsql")
            .AddOtlpExporter(otlp => (otlp.Protocol, otlp.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri($"{address}/v1/metrics")))
            .Build());
        services.AddHostedService<Awake>();
    }

    private sealed class Awake(TracerProvider traces, MeterProvider metrics) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces.ForceFlush(2_000);
            metrics.ForceFlush(2_000);
            return Task.CompletedTask;
        }
    }

    // The framework names its spans after nothing in particular and may tag them with the raw path, which holds e-mail addresses.
    private sealed class RouteNames : BaseProcessor<System.Diagnostics.Activity>
    {
        public override void OnEnd(System.Diagnostics.Activity data)
        {
            data.SetTag("url.path", null);
            data.SetTag("url.query", null);
            if (data.GetTagItem("http.route") is string route)
            {
                data.DisplayName = $"{data.GetTagItem("http.request.method")} {route}";
            }
        }
    }
}
