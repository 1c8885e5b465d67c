using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Customers;
using Patron.Erp.Dashboards;
using Patron.Erp.Partners;
using Patron.Erp.Runs;
using Patron.Shared.Database;

namespace Patron.Erp;

/// <summary>
/// The company's ERP: the ledger of its partners, the runs that bring customers up to date with them, and customers' documents. It knows no ERP by name;
/// one connector at most implements its ports.
/// </summary>
public static class ErpModule
{
    public static MigrationSet Migrations { get; } = new("erp", typeof(ErpModule).Assembly);

    /// <summary>Where addresses are compared by keys.</summary>
    public static IReadOnlyList<EmailKeyColumn> EmailKeyColumns { get; } =
        [new("partner", "erp.partners", "email_key"), new("reading", "erp.readings", "email_key")];

    /// <summary>Adds what is there with or without an ERP: what is known of partners can be read, and is erased with their customers.</summary>
    public static IServiceCollection AddErp(this IServiceCollection services)
    {
        services.AddSingleton<SyncTurns>();
        services.AddScoped<ErasedAddresses>();
        services.AddScoped<ICustomerReferences, PartnerReferences>();
        services.AddScoped<ListPartners>();
        services.AddScoped<SettlePartner>();
        services.AddScoped<SyncRuns>();
        services.AddScoped<CountPartners>();
        services.AddScoped<RequestSync>();
        services.AddScoped<ReadSyncRuns>();
        services.AddScoped<DashboardCache>();
        services.AddScoped<FindOwnPartner>();
        services.AddScoped<ReadDashboard>();
        services.AddScoped<ReadDocument>();
        return services;
    }

    /// <summary>Adds the ERP of this connector.</summary>
    public static IServiceCollection AddErpConnector<TConnector>(this IServiceCollection services, SyncSettings settings)
        where TConnector : class, IErpConnector
    {
        services.AddSingleton(settings).AddSingleton<SyncTimetable>();
        services.AddSingleton<TConnector>().AddSingleton<IErpConnector>(provider => provider.GetRequiredService<TConnector>());
        services.AddScoped<PartnerLedger>();
        services.AddScoped<PartnerReadings>();
        services.AddScoped<PartnerImporter>();
        services.AddScoped<PartnerKeys>();
        services.AddSingleton<RunSync>().AddSingleton<PreviewSync>().AddSingleton<SyncMetrics>().AddSingleton<ErpReach>();
        return services;
    }

    /// <summary>What a server does by itself, where there is an ERP: runs that are asked for or due.</summary>
    public static IServiceCollection AddErpSchedule(this IServiceCollection services) =>
        services.Any(service => service.ServiceType == typeof(IErpConnector)) ? services.AddHostedService<SyncWorker>() : services;
}
