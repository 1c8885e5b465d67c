using System.Net;
using Npgsql;
using Patron.Accounts;
using Patron.Dialects.Http;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Mail;
using Patron.Shared.Secrets;
using Patron.Shared.Tokens;

namespace Patron.Hosting;

/// <summary>
/// All settings of a process, read once from <c>settings.json</c> in the data folder and the environment (<c>Mail__Host</c>).
/// What contradicts itself is refused at the start with a sentence; a name nobody reads is refused too.
/// </summary>
public sealed record PatronSettings
{
    public required ProcessRole Role { get; init; }

    /// <summary>Where the private database, the mail files and the master key live.</summary>
    public required string DataFolder { get; init; }

    /// <summary>A PostgreSQL 15 or newer; without one, Patron runs its own in the data folder.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Where PostgreSQL's programs are, for the private one; found by itself unless set.</summary>
    public string? PostgresBinaries { get; init; }

    public required AccountsOptions Accounts { get; init; }

    public required AccessTokenOptions Tokens { get; init; }

    public required MailOptions Mail { get; init; }

    public required HomeOrganization Home { get; init; }

    public required LimitOptions Limits { get; init; }

    /// <summary>32 bytes in base64, the same in every process on one database; a file in the data folder unless set.</summary>
    public string? MasterKey { get; init; }

    /// <summary>In role customers: the accounts service.</summary>
    public string? AccountsUrl { get; init; }

    public string? AdminEmail { get; init; }

    public string? AdminPassword { get; init; }

    /// <summary>Addresses or networks of the proxies whose X-Forwarded-For is believed.</summary>
    public required IReadOnlyList<string> TrustedProxies { get; init; }

    /// <summary>Where traces and metrics go (OTLP over HTTP); nowhere unless set.</summary>
    public string? TelemetryEndpoint { get; init; }

    /// <summary>Log lines as JSON instead of text.</summary>
    public bool JsonLogs { get; init; }

    // What is read name by name below; the other sections are bound whole, and complain themselves.
    private static readonly Dictionary<string, string[]> SmallSections = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ConnectionStrings"] = ["Patron"],
        ["Keys"] = ["Master"],
        ["Logs"] = ["Format"],
        ["Postgres"] = ["Binaries"],
        ["Proxies"] = ["Trusted"],
    };

    private static readonly string[] OtherNames =
        ["Accounts", "Home", "Limits", "Mail", "Tokens", "PATRON_ACCOUNTS_URL", "PATRON_ADMIN_EMAIL", "PATRON_ADMIN_PASSWORD", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    /// <summary>What a settings file says; nothing when there is none.</summary>
    /// <exception cref="CannotStartException">It cannot be read, or names something that is no setting.</exception>
    public static IConfiguration ReadFile(string path)
    {
        try
        {
            var file = new ConfigurationBuilder().AddJsonFile(path, optional: true).Build();
            return file.GetChildren().FirstOrDefault(child => !SmallSections.ContainsKey(child.Key) && !OtherNames.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown
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
                PostgresBinaries = Text(configuration, "Postgres:Binaries"),
                Accounts = Section<AccountsOptions>(configuration, "Accounts"),
                Tokens = Section(configuration, "Tokens", new AccessTokenOptions { Issuer = "patron", Audience = "patron" }),
                Mail = Section(configuration, "Mail", new MailOptions { Folder = Path.Combine(Path.GetFullPath(dataFolder), "mail") }),
                Home = Section<HomeOrganization>(configuration, "Home"),
                Limits = Section<LimitOptions>(configuration, "Limits"),
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

    /// <summary>The master key from the settings or the data folder.</summary>
    /// <exception cref="CannotStartException">The file holds something else.</exception>
    public MasterKey ReadMasterKey()
    {
        if (MasterKey is { } text)
        {
            return Shared.Secrets.MasterKey.FromBase64(text);
        }

        var file = Path.Combine(DataFolder, "master.key");
        try
        {
            return Shared.Secrets.MasterKey.FromFile(file);
        }
        catch (FormatException wrong)
        {
            throw new CannotStartException($"{file} holds no master key. Put back the one from the backup: without it the signing keys in the database cannot be read.", wrong);
        }
    }

    private string? Contradiction() =>
        Accounts.Contradiction(Tokens.Lifetime) ?? Tokens.Problem() ?? Mail.Contradiction() ?? Limits.Contradiction() ?? this switch
        {
            { Role: ProcessRole.Customers, AccountsUrl: null } => "The role customers needs PATRON_ACCOUNTS_URL, the address of the accounts service, such as http://127.0.0.1:8001.",
            { AccountsUrl: { } url } when !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") =>
                "PATRON_ACCOUNTS_URL must be an address such as http://127.0.0.1:8001.",
            { AdminEmail: null, AdminPassword: not null } => "PATRON_ADMIN_PASSWORD is set but PATRON_ADMIN_EMAIL is not.",
            _ when string.IsNullOrWhiteSpace(Home.Name) => "Home:Name must not be empty.",
            { TelemetryEndpoint: { } endpoint } when !Uri.TryCreate(endpoint, UriKind.Absolute, out _) => "OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://127.0.0.1:4318.",
            _ => TrustedProxies.FirstOrDefault(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _)) is { } wrong
                ? $"Proxies:Trusted must hold addresses or networks such as 10.0.0.0/8; '{wrong}' is none."
                : MasterKeyProblem() ?? ConnectionProblem(),
        };

    private string? ConnectionProblem()
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(ConnectionString);
            return null;
        }
        catch (ArgumentException)
        {
            return "ConnectionStrings:Patron must be a connection string such as 'Host=db.example.com;Database=patron;Username=patron;Password=...'.";
        }
    }

    private string? MasterKeyProblem()
    {
        try
        {
            _ = MasterKey is { } text ? Shared.Secrets.MasterKey.FromBase64(text) : null;
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
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
