using Patron.Accounts;
using Patron.Dialects.Tradeline;
using Patron.Linking;
using Patron.Odoo;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Tokens;
using Patron.Web.Http;

namespace Patron.Hosting;

/// <summary>Reads <see cref="PatronSettings"/>: what has the wrong form, contradicts itself or is read by nobody is refused with a sentence.</summary>
public static class SettingsReader
{
    // What is read name by name below; the other sections are bound whole, and complain themselves.
    private static readonly (string Name, string[] Settings)[] SmallSections =
    [
        ("ConnectionStrings", ["Patron"]),
        ("Keys", ["Master"]),
        ("Logs", ["Format"]),
        ("Postgres", ["Binaries"]),
        ("Proxies", ["Trusted"]),
    ];

    private static readonly string[] OtherNames =
        ["Accounts", "Database", "Erp", "Home", "Limits", "Mail", "Odoo", "Portal", "Tokens", "Tradeline", "PATRON_ACCOUNTS_URL", "PATRON_ADMIN_EMAIL", "PATRON_ADMIN_PASSWORD", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    /// <summary>What a settings file says; nothing when there is none.</summary>
    /// <exception cref="CannotStartException">It cannot be read, or names something that is no setting.</exception>
    public static IConfiguration ReadFile(string path)
    {
        try
        {
            var file = new ConfigurationBuilder().AddJsonFile(path, optional: true).Build();
            return file.GetChildren().FirstOrDefault(child => !IsSection(child.Key)) is { } unknown
                ? throw new CannotStartException($"'{unknown.Key}' in {path} is no setting of Patron; docs/operations.md lists them.")
                : file;
        }
        catch (InvalidDataException wrong)
        {
            throw new CannotStartException($"{path} is not valid JSON: {wrong.InnerException?.Message ?? wrong.Message}", wrong);
        }
    }

    /// <exception cref="CannotStartException">A setting has the wrong form, or there is none of this name.</exception>
    public static PatronSettings Read(IConfiguration configuration, ProcessRole role, string dataFolder)
    {
        try
        {
            RefuseUnknown(configuration);
            var settings = new PatronSettings
            {
                Role = role,
                DataFolder = Path.GetFullPath(dataFolder),
                ConnectionString = Text(configuration, "ConnectionStrings:Patron"),
                Database = Section<DatabaseOptions>(configuration, "Database"),
                PostgresBinaries = Text(configuration, "Postgres:Binaries"),
                Accounts = Section<AccountsOptions>(configuration, "Accounts"),
                Tokens = Section(configuration, "Tokens", new AccessTokenOptions { Issuer = "patron", Audience = "patron" }),
                Mail = Section(configuration, "Mail", new MailOptions { Folder = Path.Combine(Path.GetFullPath(dataFolder), "mail") }),
                Home = Section<HomeOrganization>(configuration, "Home"),
                Limits = Section<LimitOptions>(configuration, "Limits"),
                Tradeline = Section<TradelineOptions>(configuration, "Tradeline"),
                Erp = Section<ErpOptions>(configuration, "Erp"),
                Odoo = Section<OdooOptions>(configuration, "Odoo"),
                Portal = Section<PortalOptions>(configuration, "Portal"),
                MasterKey = Text(configuration, "Keys:Master"),
                AccountsUrl = Text(configuration, "PATRON_ACCOUNTS_URL"),
                AdminEmail = Text(configuration, "PATRON_ADMIN_EMAIL"),
                AdminPassword = Text(configuration, "PATRON_ADMIN_PASSWORD"),
                TrustedProxies = configuration.GetSection("Proxies:Trusted").Get<string[]>() ?? [],
                TelemetryEndpoint = Text(configuration, "OTEL_EXPORTER_OTLP_ENDPOINT"),
                JsonLogs = Text(configuration, "Logs:Format") switch
                {
                    "json" => true,
                    null or "text" => false,
                    _ => throw new CannotStartException("Logs:Format must be text or json."),
                },
            };
            return settings.Contradiction() is { } contradiction ? throw new CannotStartException(contradiction) : settings;
        }
        catch (InvalidOperationException exception)
        {
            throw new CannotStartException($"A setting cannot be read: {exception.Message}", exception);
        }
    }

    private static void RefuseUnknown(IConfiguration configuration)
    {
        foreach (var (section, names) in SmallSections)
        {
            if (configuration.GetSection(section).GetChildren().FirstOrDefault(child => !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            {
                throw new CannotStartException($"{section}:{unknown.Key} is no setting of Patron; there is {section}:{string.Join(", ", names)}.");
            }
        }
    }

    private static bool IsSection(string name) =>
        SmallSections.Any(section => section.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) || OtherNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string? Text(IConfiguration configuration, string key) => configuration[key] is { Length: > 0 } text ? text : null;

    private static T Section<T>(IConfiguration configuration, string name, T? defaults = null)
        where T : class, new()
    {
        var options = defaults ?? new T();
        // Only what is below the section: the environment's HOME and MAIL are not our Home and Mail.
        // Empty is unset: that is how compose files pass on what nobody set.
        var values = configuration.GetSection(name).AsEnumerable(makePathsRelative: true).Where(pair => pair.Key.Length > 0 && pair.Value?.Length > 0);
        new ConfigurationBuilder().AddInMemoryCollection(values).Build().Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        return options;
    }
}
