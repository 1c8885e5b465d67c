using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Patron.Accounts;
using Patron.Accounts.Sessions;
using Patron.Accounts.SigningKeys;
using Patron.Customers;
using Patron.Customers.Accounts;
using Patron.Linking;
using Patron.Odoo;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Idempotency;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;
using Patron.Shared.Tokens;

namespace Patron.Hosting;

/// <summary>The modules and the adapters that join them: the same for the server and for every command.</summary>
public static class PatronServices
{
    private const string AccountsService = "accounts service";
    private const string DefaultPortal = "http://127.0.0.1:8000";

    public static IServiceCollection AddPatron(this IServiceCollection services, PatronSettings settings, string connectionString)
    {
        services.AddSingleton(settings).AddSingleton(settings.Home).AddSingleton(settings.Mail).AddSingleton(settings.Tokens);
        services.AddSingleton(Options.Create(settings.Accounts)).AddSingleton(settings.Portal);
        services.AddSingleton(provider => new PortalAddress(settings.Portal.Url, settings.Role == ProcessRole.All ? () => Listening(provider) ?? DefaultPortal : null));
        services.AddSingleton(_ => settings.ReadMasterKey());
        services.TryAddSingleton(TimeProvider.System);
        AddDatabase(services, connectionString);
        AddTokens(services, settings);
        services.AddAccounts();
        services.AddCustomers();
        services.AddLinking();
        services.AddOdoo(settings.Odoo);
        if (settings.Role == ProcessRole.All)
        {
            services.JoinAccountsAndCustomers();
        }

        AddMigrations(services, settings.Role);
        services.AddScoped<IdempotentWork>();
        services.AddSingleton(IdempotentWork.Housekeeping);
        services.AddSingleton<MailSender>();
        services.AddSingleton(provider => new OutboxHandler(OutgoingMail.OutboxKind, provider.GetRequiredService<MailSender>().SendAsync));
        return services;
    }

    // A request holds one connection at a time, so a small pool serves many and keeps the tail short; statements used twice
    // are prepared by themselves. Nothing sets a session's state (locks and settings end with their transaction, the migrator gives
    // its lock back), so nothing is reset between two requests: that cost PostgreSQL a third of a read. Whoever sets these in the connection string is not overruled.
    private static void AddDatabase(IServiceCollection services, string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        given.TryAdd("Maximum Pool Size", 16);
        given.TryAdd("Max Auto Prepare", 64);
        given.TryAdd("Auto Prepare Min Usages", 2);
        given.TryAdd("No Reset On Close", true);
        given.TryAdd("Application Name", "patron");
        // The details of a refused row hold people's addresses, and exceptions travel into traces and logs: this one is overruled.
        given.IncludeErrorDetail = false;
        services.AddSingleton(provider => new NpgsqlDataSourceBuilder(given.ConnectionString) { Name = "patron" }
            .UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>()).Build());
        services.AddScoped<DatabaseSession>();
        services.AddSingleton<Migrator>();
    }

    private static string? Listening(IServiceProvider provider) =>
        provider.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();

    private static void TryAdd(this NpgsqlConnectionStringBuilder builder, string key, object value)
    {
        if (!builder.ShouldSerialize(key))
        {
            builder[key] = value;
        }
    }

    private static void AddMigrations(IServiceCollection services, ProcessRole role)
    {
        services.AddSingleton(new MigrationSet("shared", typeof(Migrator).Assembly));
        if (role != ProcessRole.Customers)
        {
            services.AddSingleton(AccountsModule.Migrations);
        }

        if (role != ProcessRole.Accounts)
        {
            services.AddSingleton(CustomersModule.Migrations);
        }
    }

    // One verifier, two sources of keys, callers and accounts: the own tables, or another service's answers and the token's word.
    private static void AddTokens(IServiceCollection services, PatronSettings settings)
    {
        services.AddSingleton<AccessTokenVerifier>().AddSingleton<AccessTokenSigner>();
        if (settings.Role == ProcessRole.Customers)
        {
            services.AddKeyedSingleton(AccountsService, (_, _) => new HttpClient(
                new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }));
            services.AddSingleton(provider => new HttpVerificationKeys(
                provider.GetRequiredKeyedService<HttpClient>(AccountsService),
                new Uri(settings.AccountsUrl!),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HttpVerificationKeys>>()));
            services.AddSingleton<IVerificationKeys>(provider => provider.GetRequiredService<HttpVerificationKeys>());
            services.AddSingleton<ICallerSource, TokenCallers>();
            services.AddSingleton<IAccountDirectory>(provider => new HttpAccountDirectory(
                provider.GetRequiredKeyedService<HttpClient>(AccountsService),
                new Uri(settings.AccountsUrl!),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HttpAccountDirectory>>()));
        }
        else
        {
            services.AddSingleton<IVerificationKeys>(provider => provider.GetRequiredService<SigningKeyRing>());
            services.AddSingleton<ICallerSource>(provider => provider.GetRequiredService<KnownCallers>());
        }
    }
}
