using Patron.Accounts;
using Patron.Backups;
using Patron.Customers;
using Patron.Dialects.Tradeline;
using Patron.Linking;
using Patron.Odoo;
using Patron.Shared;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Text;
using Patron.Shared.Tokens;
using Patron.Web.Http;

namespace Patron.Hosting;

/// <summary>
/// Reads <see cref="PatronSettings"/>. Malformed, contradictory and unknown settings are refused, with one sentence for each.
/// </summary>
public static class SettingsReader
{
    internal static readonly IReadOnlyList<(string Name, Type Options)> Sections =
    [
        ("Accounts", typeof(AccountsOptions)),
        ("Audit", typeof(AuditOptions)),
        ("Backup", typeof(BackupOptions)),
        ("ConnectionStrings", typeof(ConnectionStringOptions)),
        ("Customers", typeof(CustomersOptions)),
        ("Database", typeof(DatabaseOptions)),
        ("Erp", typeof(ErpOptions)),
        ("Home", typeof(HomeOrganization)),
        ("Keys", typeof(KeyOptions)),
        ("Limits", typeof(LimitOptions)),
        ("Logs", typeof(LogOptions)),
        ("Mail", typeof(MailOptions)),
        ("Metrics", typeof(MetricsOptions)),
        ("Odoo", typeof(OdooOptions)),
        ("Portal", typeof(PortalOptions)),
        ("Postgres", typeof(PostgresOptions)),
        ("Proxies", typeof(ProxyOptions)),
        ("Reads", typeof(ReadOptions)),
        ("Tokens", typeof(AccessTokenOptions)),
        ("Tradeline", typeof(TradelineOptions)),
    ];

    private static readonly string[] EnvironmentVariables = [
        "PATRON_ACCOUNTS_URL", "PATRON_ADMIN_EMAIL", "PATRON_ADMIN_PASSWORD", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    /// <summary>The content of a settings file; empty if it does not exist.</summary>
    /// <exception cref="CannotStartException">The file cannot be read or contains an unknown setting.</exception>
    public static IConfiguration ReadFile(string path)
    {
        try
        {
            var file = new ConfigurationBuilder().AddJsonFile(path, optional: true).Build();
            string[] known = [.. Sections.Select(section => section.Name), .. EnvironmentVariables];
            return file.GetChildren().Select(child => FileProblem(child, known)).FirstOrDefault(problem => problem is not null) is { } problem
                ? throw new CannotStartException($"{path}: {problem}")
                : file;
        }
        catch (InvalidDataException wrong)
        {
            throw new CannotStartException($"{path} is not valid JSON: {wrong.InnerException?.Message ?? wrong.Message}", wrong);
        }
    }

    /// <exception cref="CannotStartException">A setting is malformed, contradictory or unknown.</exception>
    public static PatronSettings Read(IConfiguration configuration, ProcessRole role, string dataFolder)
    {
        ThrowIfAny(configuration.GetChildren().SelectMany(Problems));
        var settings = new PatronSettings
        {
            Role = role,
            DataFolder = Path.GetFullPath(dataFolder),
            ConnectionString = Section<ConnectionStringOptions>(configuration, "ConnectionStrings").Patron,
            ReadsConnectionString = Section<ConnectionStringOptions>(configuration, "ConnectionStrings").PatronReads,
            Database = Section<DatabaseOptions>(configuration, "Database"),
            Reads = Section<ReadOptions>(configuration, "Reads"),
            PostgresBinaries = Section<PostgresOptions>(configuration, "Postgres").Binaries,
            Accounts = Section<AccountsOptions>(configuration, "Accounts"),
            Audit = Section<AuditOptions>(configuration, "Audit"),
            Backup = Section<BackupOptions>(configuration, "Backup"),
            Customers = Section<CustomersOptions>(configuration, "Customers"),
            Tokens = Section(configuration, "Tokens", new AccessTokenOptions { Issuer = "patron", Audience = "patron" }),
            Mail = Section(configuration, "Mail", new MailOptions { Folder = Path.Combine(Path.GetFullPath(dataFolder), "mail") }),
            Home = Section<HomeOrganization>(configuration, "Home"),
            Limits = Section<LimitOptions>(configuration, "Limits"),
            Tradeline = Section<TradelineOptions>(configuration, "Tradeline"),
            Erp = Section<ErpOptions>(configuration, "Erp"),
            Odoo = Section<OdooOptions>(configuration, "Odoo"),
            Portal = Section<PortalOptions>(configuration, "Portal"),
            Metrics = Section<MetricsOptions>(configuration, "Metrics"),
            MasterKey = Section<KeyOptions>(configuration, "Keys").Master,
            AccountsUrl = Text(configuration, "PATRON_ACCOUNTS_URL"),
            AdminEmail = Text(configuration, "PATRON_ADMIN_EMAIL"),
            AdminPassword = Text(configuration, "PATRON_ADMIN_PASSWORD"),
            TrustedProxies = Section<ProxyOptions>(configuration, "Proxies").Trusted,
            TelemetryEndpoint = Text(configuration, "OTEL_EXPORTER_OTLP_ENDPOINT"),
            LogFormat = Section<LogOptions>(configuration, "Logs").Format,
        };
        ThrowIfAny(settings.Contradictions());
        return settings;
    }

    // The environment also contains variables of other programs. Only a name with children (colons or double underscores) is meant for a
    // .NET program.
    private static IEnumerable<string> Problems(IConfigurationSection section)
    {
        if (Sections.FirstOrDefault(known => known.Name.Equals(section.Key, StringComparison.OrdinalIgnoreCase)).Options is { } options)
        {
            return SettingsValidator.Problems(section, options);
        }

        if (EnvironmentVariables.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
        {
            return SettingsValidator.ValueProblems(section, typeof(string));
        }

        string[] names = [.. Sections.Select(known => known.Name)];
        return section.GetChildren().Any() && SimilarNames.Find(section.Key, names) is not null
            ? [SettingsValidator.Unknown(section, names)]
            : [];
    }

    // In the environment a section's name can be a variable of another program, such as HOME.
    private static string? FileProblem(IConfigurationSection setting, string[] known)
    {
        if (!known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
        {
            return SettingsValidator.Unknown(setting, known);
        }

        return setting.Value?.Length > 0 && !EnvironmentVariables.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)
            ? SettingsValidator.NotAValue(setting)
            : null;
    }

    private static void ThrowIfAny(IEnumerable<string> messages)
    {
        var problems = messages.ToArray();
        if (problems.Length > 0)
        {
            throw new CannotStartException(
                problems.Length == 1 ? problems[0] : $"{problems.Length} settings are wrong:\n  {string.Join("\n  ", problems)}");
        }
    }

    private static string? Text(IConfiguration configuration, string key) => configuration[key] is { Length: > 0 } text ? text : null;

    private static T Section<T>(IConfiguration configuration, string name, T? defaults = null)
        where T : class, new()
    {
        var options = defaults ?? new T();
        // Only values below the section: the environment variables HOME and MAIL are not our sections Home and Mail.
        // An empty value counts as not set, because compose files pass unset variables as empty ones.
        var values = configuration.GetSection(name).AsEnumerable(makePathsRelative: true)
            .Where(pair => pair.Key.Length > 0 && pair.Value?.Length > 0);
        new ConfigurationBuilder().AddInMemoryCollection(values).Build().Bind(options);
        return options;
    }

    private sealed class ConnectionStringOptions
    {
        public string? Patron { get; set; }

        public string? PatronReads { get; set; }
    }

    private sealed class KeyOptions
    {
        public string? Master { get; set; }
    }

    private sealed class LogOptions
    {
        public LogFormat Format { get; set; }
    }

    private sealed class PostgresOptions
    {
        public string? Binaries { get; set; }
    }

    private sealed class ProxyOptions
    {
        public string[] Trusted { get; set; } = [];
    }
}
