using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Patron.Accounts;
using Patron.Accounts.Organizations;
using Patron.Accounts.Sessions;
using Patron.Accounts.SigningKeys;
using Patron.Customers;
using Patron.Customers.Accounts;
using Patron.Customers.Jobs;
using Patron.Customers.Links;
using Patron.Demo;
using Patron.Erp;
using Patron.Erp.Dashboards;
using Patron.ErpFiles;
using Patron.Linking;
using Patron.Odoo;
using Patron.Web.Pages;
using Patron.Shared;
using Patron.Shared.Audit;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Idempotency;
using Patron.Shared.Inbox;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;
using Patron.Shared.Text;
using Patron.Shared.Tokens;

namespace Patron.Hosting;

/// <summary>Registers the modules and the adapters between them, for the server and for every command.</summary>
public static class PatronServices
{
    private const string DefaultPortal = "http://127.0.0.1:8000";

    /// <param name="lockTimeout">How long a statement waits for a lock; null without a limit.</param>
    public static IServiceCollection AddPatron(
        this IServiceCollection services, PatronSettings settings, string connectionString, TimeSpan? lockTimeout = null)
    {
        services.AddSingleton(settings).AddSingleton(settings.Home).AddSingleton(settings.Mail).AddSingleton(settings.Tokens);
        services.AddSingleton(new PhoneNumberParser(settings.Home.Region));
        services.AddSingleton(Options.Create(settings.Accounts)).AddSingleton(settings.Customers).AddSingleton(settings.Portal);
        services.AddSingleton(settings.Portal.Brand);
        services.AddSingleton(provider => AddressOfPortal(settings, () => ListenUrl(provider)));
        services.AddSingleton(_ => settings.ReadMasterKey());
        services.TryAddSingleton(TimeProvider.System);
        AddDatabase(services, settings, connectionString, lockTimeout);
        AddTokens(services, settings);
        services.AddAccounts();
        services.AddCustomers();
        services.AddLinking();
        services.AddErp();
        services.AddOdoo(settings.Odoo);
        if (settings.Erp.IsCsv)
        {
            services.AddErpFiles(settings.Erp.Files, settings.Erp.FilesSchedule);
        }

        if (settings.IsDemo)
        {
            DemoErp.AddTo(services);
        }

        if (settings.Role == ProcessRole.All)
        {
            services.JoinAccountsAndCustomers();
        }

        AddMigrations(services, settings.Role);
        services.AddScoped<IdempotentWork>().AddScoped<RefusedMails>();
        services.AddSingleton(IdempotentWork.Housekeeping).AddSingleton(OutboxWorker.Housekeeping).AddSingleton(OutboxWorker.MailLogHousekeeping)
            .AddSingleton(AuditPartitions.Housekeeping(settings.Audit)).AddSingleton(AuditIndexes.Migration);
        services.AddScoped<ListMails>().AddScoped<GivenUpMessages>().AddScoped<ParkedMails>().AddScoped<Numbers>()
            .AddScoped<IInboxReader>(provider => provider.GetRequiredService<GivenUpMessages>());
        services.AddSingleton(
            provider => new MailBrand(settings.Accounts.Brand, settings.Portal.Brand, provider.GetService<BrandAssets>()?.Logo));
        services.AddSingleton<MailComposer>().AddSingleton<MailSender>();
        services.AddSingleton(provider => new OutboxHandler(OutgoingMail.OutboxKind, provider.GetRequiredService<MailSender>().SendAsync));
        return services;
    }

    private static void AddDatabase(
        IServiceCollection services, PatronSettings settings, string connectionString, TimeSpan? lockTimeout)
    {
        services.AddSingleton(provider => new DatabasePools(
            connectionString, lockTimeout, provider.GetRequiredService<ILoggerFactory>(), settings.ReadsConnectionString));
        services.AddSingleton(settings.Reads).AddSingleton<ReplicaPositions>().AddSingleton<ReplicaMetrics>().AddScoped<ReplicaReads>();
        services.AddSingleton(provider => provider.GetRequiredService<DatabasePools>().Requests);
        services.AddSingleton<DatabaseOutage>();
        services.AddScoped<DatabaseSession>();
        services.AddSingleton<Migrator>().AddSingleton<CompletedMigrations>().AddSingleton<LeaseStore>().AddSingleton<EmailKeys>();
    }

    /// <summary>The address of the portal for links. Only role all has pages.</summary>
    public static PortalAddress AddressOfPortal(PatronSettings settings, Func<string?> listening) =>
        new(settings.Portal.Url, settings.Role == ProcessRole.All ? () => listening() ?? DefaultPortal : null);

    private static string? ListenUrl(IServiceProvider provider) =>
        provider.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();

    /// <summary>The migrations of the modules that a role consists of.</summary>
    public static IReadOnlyList<MigrationSet> MigrationSets(ProcessRole role) =>
    [
        new MigrationSet("shared", typeof(Migrator).Assembly),
        .. role == ProcessRole.Customers ? Array.Empty<MigrationSet>() : [AccountsModule.Migrations],
        .. role == ProcessRole.Accounts ? Array.Empty<MigrationSet>() : [CustomersModule.Migrations, ErpModule.Migrations],
    ];

    private static void AddMigrations(IServiceCollection services, ProcessRole role)
    {
        foreach (var migrations in MigrationSets(role))
        {
            services.AddSingleton(migrations);
        }

        if (role != ProcessRole.Customers)
        {
            services.AddSingleton(AccountsModule.SearchTexts).AddSingleton(WithdrawMemberInvitation.Expiring)
                .AddSingleton(AccountsModule.Figures).AddSingleton(FindOrganizations.Index);
            Add(services, AccountsModule.EmailKeyColumns);
        }

        if (role != ProcessRole.Accounts)
        {
            services.AddSingleton(WriteTicket.Housekeeping).AddSingleton(JobRows.Housekeeping).AddSingleton(ExtendOffer.Expiring);
            foreach (var migration in CustomersModule.BackgroundMigrations)
            {
                services.AddSingleton(migration);
            }

            Add(services, [CustomersModule.EmailKeyColumn, .. ErpModule.EmailKeyColumns]);
        }
    }

    private static void Add(IServiceCollection services, IEnumerable<EmailKeyColumn> columns)
    {
        foreach (var column in columns)
        {
            services.AddSingleton(column);
        }
    }

    // Keys, callers and accounts come from our own tables, or from the accounts service and the claims of the access token.
    private static void AddTokens(IServiceCollection services, PatronSettings settings)
    {
        services.AddSingleton<AccessTokenVerifier>().AddSingleton<AccessTokenSigner>();
        if (settings.Role == ProcessRole.Customers)
        {
            services.AddAccountsService(new Uri(settings.AccountsUrl!));
            services.AddSingleton<ICallerSource, TokenCallerSource>();
        }
        else
        {
            services.AddSingleton<IVerificationKeys>(provider => provider.GetRequiredService<SigningKeyRing>());
            services.AddSingleton<ICallerSource>(provider => provider.GetRequiredService<CallerCache>());
        }
    }
}
