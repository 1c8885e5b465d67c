using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Customers;
using Patron.Erp.Dashboards;
using Patron.Erp.Partners;
using Patron.Erp.Runs;
using Patron.Shared.Database;
using Patron.Shared.Inbox;

namespace Patron.Erp;

/// <summary>
/// The company's ERP: the ledger of its partners, the sync runs that update customers from them, and customers' documents. It does not
/// depend on a specific ERP; at most one connector implements its ports.
/// </summary>
public static class ErpModule
{
    public static MigrationSet Migrations { get; } = new("erp", typeof(ErpModule).Assembly);

    /// <summary>The columns that compare email addresses by their keys.</summary>
    public static IReadOnlyList<EmailKeyColumn> EmailKeyColumns { get; } =
        [new("partner", "erp.partners", "email_key"), new("reading", "erp.readings", "email_key")];

    /// <summary>
    /// Adds the services that work with and without an ERP: stored partners can be read, and are erased with their customers.
    /// </summary>
    public static IServiceCollection AddErp(this IServiceCollection services)
    {
        services.AddScoped<ErasedAddressHashes>();
        services.AddScoped<ICustomerReferences, PartnerReferences>();
        services.AddScoped<ListPartners>().AddScoped<IInboxReader, PartnerInboxReader>();
        services.AddScoped<SettlePartner>();
        services.AddScoped<SyncRuns>();
        services.AddScoped<CountPartners>();
        services.AddScoped<RequestSync>();
        services.AddScoped<ReadSyncRuns>().AddScoped<ListFinishedRuns>();
        services.AddScoped<ReadSyncSetup>().AddSingleton<StartSyncPreview>();
        services.AddScoped<DashboardCache>();
        services.AddScoped<FindOwnPartner>();
        services.AddScoped<ReadDashboard>().AddScoped<ReadCustomerDocuments>();
        services.AddScoped<ReadDocument>();
        services.AddScoped<ListDocuments>();
        services.AddScoped<WriteTicket>();
        return services;
    }

    /// <summary>Adds the sync and this connector.</summary>
    public static IServiceCollection AddErpConnector<TConnector>(this IServiceCollection services, SyncSettings settings)
        where TConnector : class, IErpConnector
    {
        services.AddSingleton(settings).AddSingleton<SyncScheduler>();
        services.AddSingleton<TConnector>().AddSingleton<IErpConnector>(provider => provider.GetRequiredService<TConnector>());
        services.AddSingleton(provider => PartnerFilterTerms.OfId(provider.GetRequiredService<IErpConnector>()));
        services.AddSingleton(provider => PartnerFilterTerms.Has(provider.GetRequiredService<IErpConnector>()));
        services.AddScoped<PartnerLedger>();
        services.AddScoped<PendingPartners>();
        services.AddScoped<PartnerImporter>();
        services.AddScoped<PartnerKeys>();
        services.AddSingleton<RunSync>().AddSingleton<PreviewSync>().AddSingleton<SyncMetrics>().AddSingleton<ErpAvailability>();
        return services;
    }

    /// <summary>Adds the background service for requested and scheduled runs, where there is an ERP.</summary>
    public static IServiceCollection AddErpSchedule(this IServiceCollection services) =>
        services.Any(service => service.ServiceType == typeof(IErpConnector)) ? services.AddHostedService<SyncWorker>() : services;
}
