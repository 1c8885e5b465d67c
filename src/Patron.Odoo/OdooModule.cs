using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patron.Customers.Erp;
using Patron.Erp;
using Patron.Erp.Dashboards;
using Patron.Odoo.Client;
using Patron.Odoo.Dashboard;

namespace Patron.Odoo;

/// <summary>The connector for the company's Odoo: the client and its readers.</summary>
public static class OdooModule
{
    // The number of workers that a small Odoo can spare.
    private const int MaxConnections = 8;

    /// <summary>Adds the module if the options name an Odoo; it needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddOdoo(this IServiceCollection services, OdooOptions options)
    {
        services.AddSingleton(options);
        if (options.Owns is { } owned)
        {
            services.AddSingleton(ErpOwnership.Of(owned));
        }

        if (options.IsConfigured)
        {
            services.AddKeyedSingleton(typeof(OdooClient), (_, _) => CreateHttpClient());
            services.AddSingleton(provider => CreateClient(provider, options, new OdooCallLimits()));
            services.AddErpConnector<OdooConnector>(new SyncSettings(options.Schedule, options.IncrementalSchedule));
            // A user waits for the dashboard: show cached answers early instead of retrying for long.
            services.AddKeyedSingleton(
                typeof(OdooDocuments), (provider, _) => CreateClient(provider, options, new OdooCallLimits { Attempts = 2 }));
            services.AddScoped<IErpDocuments>(provider => new OdooDocuments(
                provider.GetRequiredKeyedService<OdooClient>(typeof(OdooDocuments)),
                options,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<OdooDocuments>>()));
        }

        return services;
    }

    private static OdooClient CreateClient(IServiceProvider provider, OdooOptions options, OdooCallLimits limits) => new(
        options,
        provider.GetRequiredKeyedService<HttpClient>(typeof(OdooClient)),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<OdooClient>>(),
        limits);

    // No redirects and no cookies: the key is meant for this address only. The client has its own timeouts.
    public static HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxConnectionsPerServer = MaxConnections,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
