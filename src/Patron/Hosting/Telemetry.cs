using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Patron.Erp.Runs;

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
            .AddProcessor(new NoPaths())
            .AddOtlpExporter(otlp => (otlp.Protocol, otlp.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri($"{address}/v1/traces")))
            .Build());
        services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Runtime", "Npgsql", SyncMetrics.MeterName)
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

    /// <summary>Names a request's span after its route: the framework's own name says nothing.</summary>
    public static void UseSpanNames(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is { } span)
        {
            // A request that failed has lost its endpoint to the exception handler.
            var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
            var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
            span.DisplayName = route is null ? http.Request.Method : $"{http.Request.Method} {route}";
            span.SetTag("http.request.method", http.Request.Method);
            span.SetTag("http.route", route);
            span.SetTag("http.response.status_code", http.Response.StatusCode);
        }
    });

    // A switch of the framework tags spans with the raw path and query, which hold e-mail addresses.
    private sealed class NoPaths : BaseProcessor<System.Diagnostics.Activity>
    {
        public override void OnEnd(System.Diagnostics.Activity data)
        {
            data.SetTag("url.path", null);
            data.SetTag("url.query", null);
        }
    }
}
