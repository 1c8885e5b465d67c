using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patron.Customers.Erp;
using Patron.Erp;
using Patron.Erp.Dashboards;
using Patron.Odoo.Client;
using Patron.Odoo.Dashboard;

namespace Patron.Odoo;

/// <summary>The company's Odoo, where there is one: the client and what reads with it.</summary>
public static class OdooModule
{
    // As many at once as a small Odoo has workers to spare.
    private const int MaxConnections = 8;

    /// <summary>Adds the module where the options name an Odoo; it needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddOdoo(this IServiceCollection services, OdooOptions options)
    {
        services.AddSingleton(options);
        if (options.Owns is { } owned)
        {
            services.AddSingleton(ErpOwnership.Of(owned));
        }

        if (options.IsConfigured)
        {
            services.AddKeyedSingleton(typeof(OdooClient), (_, _) => NewHttpClient());
            services.AddSingleton(provider => NewClient(provider, options, new OdooCallLimits()));
            services.AddErpConnector<OdooConnector>(new SyncSettings(options.Schedule, options.IncrementalSchedule));
            // Somebody waits in front of a dashboard: it would rather show what it knows than try long.
            services.AddKeyedSingleton(typeof(OdooDocuments), (provider, _) => NewClient(provider, options, new OdooCallLimits { Attempts = 2 }));
            services.AddScoped<IErpDocuments>(provider => new OdooDocuments(
                provider.GetRequiredKeyedService<OdooClient>(typeof(OdooDocuments)),
                options,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<OdooDocuments>>()));
        }

        return services;
    }

    private static OdooClient NewClient(IServiceProvider provider, OdooOptions options, OdooCallLimits limits) => new(
        options,
        provider.GetRequiredKeyedService<HttpClient>(typeof(OdooClient)),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<OdooClient>>(),
        limits);

    // Neither redirects nor cookies: the key is for this address and no other. The client has time limits of its own.
    public static HttpClient NewHttpClient() => new(new SocketsHttpHandler
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
