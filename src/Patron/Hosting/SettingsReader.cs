using Patron.Accounts;
using Patron.Dialects.Tradeline;
using Patron.Linking;
using Patron.Odoo;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Text;
using Patron.Shared.Tokens;
using Patron.Web.Http;

namespace Patron.Hosting;

/// <summary>
/// Reads <see cref="PatronSettings"/>. Everything that has the wrong form, contradicts something else or is read by nobody is refused at once,
/// a sentence for each.
/// </summary>
public static class SettingsReader
{
    private static readonly (string Name, Type Options)[] Sections =
    [
        ("Accounts", typeof(AccountsOptions)),
        ("ConnectionStrings", typeof(ConnectionStringOptions)),
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
        ("Tokens", typeof(AccessTokenOptions)),
        ("Tradeline", typeof(TradelineOptions)),
    ];

    private static readonly string[] EnvironmentVariables = ["PATRON_ACCOUNTS_URL", "PATRON_ADMIN_EMAIL", "PATRON_ADMIN_PASSWORD", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    /// <summary>What a settings file says; nothing when there is none.</summary>
    /// <exception cref="CannotStartException">It cannot be read, or names something that is no setting.</exception>
    public static IConfiguration ReadFile(string path)
    {
        try
        {
            var file = new ConfigurationBuilder().AddJsonFile(path, optional: true).Build();
            string[] known = [.. Sections.Select(section => section.Name), .. EnvironmentVariables];
            return file.GetChildren().FirstOrDefault(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown
                ? throw new CannotStartException($"{path}: {SettingsValidator.Unknown(unknown, known)}")
                : file;
        }
        catch (InvalidDataException wrong)
        {
            throw new CannotStartException($"{path} is not valid JSON: {wrong.InnerException?.Message ?? wrong.Message}", wrong);
        }
    }

    /// <exception cref="CannotStartException">A setting has the wrong form, contradicts another, or there is none of this name.</exception>
    public static PatronSettings Read(IConfiguration configuration, ProcessRole role, string dataFolder)
    {
        ThrowIfAny(configuration.GetChildren().SelectMany(Problems));
        var settings = new PatronSettings
        {
            Role = role,
            DataFolder = Path.GetFullPath(dataFolder),
            ConnectionString = Section<ConnectionStringOptions>(configuration, "ConnectionStrings").Patron,
            Database = Section<DatabaseOptions>(configuration, "Database"),
            PostgresBinaries = Section<PostgresOptions>(configuration, "Postgres").Binaries,
            Accounts = Section<AccountsOptions>(configuration, "Accounts"),
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

    // The environment holds other programs' variables: only a section, or a name with colons, is meant for a program of .NET.
    private static IEnumerable<string> Problems(IConfigurationSection given)
    {
        if (Array.Find(Sections, section => section.Name.Equals(given.Key, StringComparison.OrdinalIgnoreCase)).Options is { } options)
        {
            return SettingsValidator.Problems(given, options);
        }

        string[] names = [.. Sections.Select(section => section.Name)];
        return given.GetChildren().Any() && SimilarNames.Find(given.Key, names) is not null ? [SettingsValidator.Unknown(given, names)] : [];
    }

    private static void ThrowIfAny(IEnumerable<string> found)
    {
        var problems = found.ToArray();
        if (problems.Length > 0)
        {
            throw new CannotStartException(problems.Length == 1 ? problems[0] : $"{problems.Length} settings are wrong:\n  {string.Join("\n  ", problems)}");
        }
    }

    private static string? Text(IConfiguration configuration, string key) => configuration[key] is { Length: > 0 } text ? text : null;

    private static T Section<T>(IConfiguration configuration, string name, T? defaults = null)
        where T : class, new()
    {
        var options = defaults ?? new T();
        // Only what is below the section: the environment's HOME and MAIL are not our Home and Mail.
        // Empty is unset: that is how compose files pass on what nobody set.
        var values = configuration.GetSection(name).AsEnumerable(makePathsRelative: true).Where(pair => pair.Key.Length > 0 && pair.Value?.Length > 0);
        new ConfigurationBuilder().AddInMemoryCollection(values).Build().Bind(options);
        return options;
    }

    private sealed class ConnectionStringOptions
    {
        public string? Patron { get; set; }
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
