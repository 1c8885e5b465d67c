using Patron.Accounts.ApiKeys;
using Patron.Backups;
using Patron.Checks;
using Patron.Customers.Duplicates;
using Patron.Customers.Jobs;
using Patron.Customers.Statistics;
using Patron.Dialects.Accounts;
using Patron.Dialects.Crm;
using Patron.Dialects.Customers;
using Patron.Dialects.Portal;
using Patron.Dialects.Profiles;
using Patron.Dialects.Staff;
using Patron.Dialects.Tradeline;
using Patron.Erp;
using Patron.Hosting.Reference;
using Patron.Linking.Activation;
using Patron.Portal;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Outbox;
using Patron.StaffConsole;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Hosting;

/// <summary>Builds the server: modules, dialects and the request pipeline, in this order.</summary>
public static class PatronServer
{
    private const long BodyLimit = 1024 * 1024;

    /// <summary>A server that is ready to run. <paramref name="customize"/> adds services that only some callers need.</summary>
    public static WebApplication Build(
        PatronSettings settings, string connectionString, string[] urls, Action<WebApplicationBuilder>? customize = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(MetricsEndpoint.AddUrl(urls, settings.Metrics));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = BodyLimit;
            kestrel.AddServerHeader = false;
        });
        Logs.Configure(builder.Logging, settings);
        builder.Services.AddPatron(settings, connectionString, settings.Database.LockTimeout);
        builder.Services.AddSingleton<StartSignal>().AddSingleton<BackgroundLoop>().AddHostedService<StartUp>();
        builder.Services.AddScoped<FirstAdmin>().AddSingleton<ReadBackupState>().AddSingleton<DatabaseHealth>().AddSingleton<Health>().AddServerChecks(settings);
        builder.Services.AddHostedService<OutboxWorker>().AddHostedService<Housekeeping>();
        builder.Services.AddSingleton<InboxExpiry>().AddHostedService(provider => provider.GetRequiredService<InboxExpiry>());
        builder.Services.AddHostedService<ReplicaWorker>();
        builder.Services.AddHostedService<BackgroundMigrator>().AddHostedService<EmailKeyConflictRetry>();
        if (settings.Role != ProcessRole.Customers)
        {
            builder.Services.AddHostedService<ApiKeyUseWriter>();
        }

        if (settings.Role != ProcessRole.Accounts)
        {
            builder.Services.AddHostedService<CounterMaintenance>().AddHostedService<JobWorker>();
        }

        if (settings.Role == ProcessRole.All)
        {
            builder.Services.AddErpSchedule();
            builder.Services.AddHostedService<InvitationWorker>().AddHostedService<DuplicateWorker>();
        }

        CallerAuthentication.Add(builder.Services);
        SignInGuard.Add(builder.Services, settings.Limits);
        builder.Services.AddSingleton(settings.PublicAddress);
        builder.Services.AddExceptionHandler<ProblemExceptionHandler>();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            JsonConventions.Apply(json.SerializerOptions);
            AccountsEndpoints.AddJson(json.SerializerOptions);
            CustomersEndpoints.AddJson(json.SerializerOptions);
            ProfilesEndpoints.AddJson(json.SerializerOptions);
            CrmEndpoints.AddJson(json.SerializerOptions);
            TradelineEndpoints.AddJson(json.SerializerOptions);
            PortalEndpoints.AddJson(json.SerializerOptions);
            StaffEndpoints.AddJson(json.SerializerOptions);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, HostJson.Default);
        });
        ApiReference.Add(builder.Services, settings.Role);
        builder.Services.AddPages(settings.Role).AddPortal(settings.Role).AddConsole();
        Telemetry.Add(builder.Services, settings);
        Proxies.Add(builder.Services, settings.TrustedProxies);
        customize?.Invoke(builder);

        var app = builder.Build();
        Use(app, settings);
        Map(app, settings);
        var endpoints = BuildOnce(app);
        RefuseAmbiguousPrefix(endpoints, settings.PublicAddress.Prefix);
        return app;
    }

    private static void Use(WebApplication app, PatronSettings settings)
    {
        app.UseMetricsListener(settings.Metrics);
        app.UseOversizedBodies();
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UsePublicAddress();
        app.UseApiReference(settings.Role);
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(Problems.WriteStatusAsync);
        app.UseRequestCharsets();
        app.UseRouting();
        app.UseSlashesInRouteValues();
        app.UseCors();
        app.UseServedBy(settings.Role);
        app.UseForeignOriginRefusal(settings.Limits);
        app.UseRateLimiter();
        app.UseStartUpGate();
        app.UseAuthentication();
        app.UseForeignCookieRefusal(settings.Limits);
        app.UseAuthorization();
        app.UseConflictRetries();
        if (settings.ReadsConnectionString is not null)
        {
            app.UseReadPositions(settings.Reads);
        }

        app.UseCompression();
    }

    // Routing and authorization each ask for the endpoints, and groups would build all of them anew each time, a fifth of the start.
    private static IReadOnlyList<Endpoint> BuildOnce(IEndpointRouteBuilder app)
    {
        var all = new CompositeEndpointDataSource(app.DataSources.ToList());
        app.DataSources.Clear();
        app.DataSources.Add(all);
        return all.Endpoints;
    }

    // Proxies pass on paths with or without the prefix, so a prefix must not look like a path.
    private static void RefuseAmbiguousPrefix(IEnumerable<Endpoint> endpoints, PathString prefix)
    {
        string[] paths = ["/docs", .. endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Split('/')[0])];
        if (Array.Find(paths, path => path != "/" && prefix.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)) is { } taken)
        {
            throw new CannotStartException($"Portal:Url cannot have a path that begins with {taken}, because Patron has {taken} itself.");
        }
    }

    // Deny by default: every API endpoint requires authentication unless it allows anonymous callers explicitly.
    private static void Map(WebApplication app, PatronSettings settings)
    {
        var all = app.MapGroup("").AcceptHead();
        var api = all.MapGroup("").RequireAuthorization();
        api.MapAccounts();
        api.MapCustomers();
        api.MapStaff();
        api.MapProfiles();
        api.MapCrm();
        api.MapTradeline(settings.Tradeline);
        api.MapPortal();
        all.MapProbes();
        all.MapKeySet();
        all.MapPageAssets();
        all.MapPortalPages();
        all.MapConsolePages();
        all.MapApiReference(settings.Role);
    }
}
