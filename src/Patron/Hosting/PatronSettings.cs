using System.Net;
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
using Patron.Shared.Secrets;
using Patron.Shared.Tokens;
using Patron.Web.Http;

namespace Patron.Hosting;

/// <summary>
/// All settings of a process, read once from <c>settings.json</c> in the data folder and the environment (<c>Mail__Host</c>).
/// Contradictions and unknown names are refused at the start with a sentence.
/// </summary>
public sealed record PatronSettings
{
    public required ProcessRole Role { get; init; }

    /// <summary>The folder of the private database, the mail files and the master key.</summary>
    public required string DataFolder { get; init; }

    /// <summary>A PostgreSQL server of version 15 or newer. If it is not set, Patron runs a private one in the data folder.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The replicas for reads; none if it is not set.</summary>
    public string? ReadsConnectionString { get; init; }

    /// <summary>Whether this is <c>patron serve --demo</c>. No setting sets it, so real data never meets the demo's ERP.</summary>
    public bool IsDemo { get; init; }

    public required DatabaseOptions Database { get; init; }

    public required ReadOptions Reads { get; init; }

    /// <summary>The folder of the PostgreSQL programs for the private server; searched for if it is not set.</summary>
    public string? PostgresBinaries { get; init; }

    public required AccountsOptions Accounts { get; init; }

    public required AuditOptions Audit { get; init; }

    public required BackupOptions Backup { get; init; }

    public required CustomersOptions Customers { get; init; }

    public required AccessTokenOptions Tokens { get; init; }

    public required MailOptions Mail { get; init; }

    public required HomeOrganization Home { get; init; }

    public required LimitOptions Limits { get; init; }

    public required TradelineOptions Tradeline { get; init; }

    public required ErpOptions Erp { get; init; }

    public required OdooOptions Odoo { get; init; }

    public required PortalOptions Portal { get; init; }

    public required MetricsOptions Metrics { get; init; }

    /// <summary>32 bytes in base64, the same for all processes of a database; a file in the data folder if it is not set.</summary>
    public string? MasterKey { get; init; }

    /// <summary>In the role customers: the address of the accounts service.</summary>
    public string? AccountsUrl { get; init; }

    public string? AdminEmail { get; init; }

    public string? AdminPassword { get; init; }

    /// <summary>Addresses or networks of the proxies whose X-Forwarded headers are trusted.</summary>
    public required IReadOnlyList<string> TrustedProxies { get; init; }

    /// <summary>The OTLP endpoint (HTTP) for traces and metrics; nothing is sent if it is not set.</summary>
    public string? TelemetryEndpoint { get; init; }

    public LogFormat LogFormat { get; init; }

    /// <summary>The address that clients use. In other roles, Portal:Url is the address of another program's pages.</summary>
    internal PublicAddress PublicAddress => new(Role == ProcessRole.All && Portal.Url is { } url ? new Uri(url) : null);

    /// <summary>The master key from the settings or the data folder.</summary>
    /// <exception cref="CannotStartException">The file does not contain a master key.</exception>
    public MasterKey ReadMasterKey()
    {
        if (MasterKey is { } text)
        {
            return Shared.Secrets.MasterKey.FromBase64(text);
        }

        try
        {
            return Shared.Secrets.MasterKey.FromFile(MasterKeyFile);
        }
        catch (FormatException wrong)
        {
            throw new CannotStartException(
                $"{MasterKeyFile} holds no master key. Put back the one from the backup: without it the signing keys in the database cannot be read.",
                wrong);
        }
    }

    /// <summary>
    /// Why a command has nothing to work on, as a sentence; null if the private database or, with a database elsewhere, the master key exists.
    /// </summary>
    internal string? MissingData()
    {
        var exists = ConnectionString is null
            ? Directory.Exists(Path.Combine(DataFolder, "postgres"))
            : MasterKey is not null || File.Exists(MasterKeyFile);
        return exists ? null : $"There is no Patron in {DataFolder}. Start one with ./run --data {DataFolder}.";
    }

    /// <exception cref="CannotStartException">A command has nothing to work on.</exception>
    internal void ThrowIfDataIsMissing()
    {
        if (MissingData() is { } missing)
        {
            throw new CannotStartException(missing);
        }
    }

    private string MasterKeyFile => Path.Combine(DataFolder, "master.key");

    /// <summary>The contradictions in these settings, at most one sentence per section.</summary>
    internal IEnumerable<string> Contradictions() => new[]
    {
        Accounts.Contradiction(Tokens.Lifetime), Customers.Contradiction(), Tokens.Problem(), Mail.Contradiction(), Audit.Contradiction(), Backup.Contradiction(DataFolder), Limits.Contradiction(), Tradeline.Contradiction(),
        Odoo.Contradiction(),
        Erp.Contradiction(Odoo), Portal.Contradiction(), Home.Contradiction(), Metrics.Contradiction(),
        Database.Contradiction(ConnectionString), Reads.Contradiction(ConnectionString, ReadsConnectionString), MasterKeyProblem(),
        this switch
        {
            { Role: ProcessRole.Customers, AccountsUrl: null } =>
                "The role customers needs PATRON_ACCOUNTS_URL, the address of the accounts service, such as http://127.0.0.1:8001.",
            { AccountsUrl: { } url } when !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") =>
                "PATRON_ACCOUNTS_URL must be an address such as http://127.0.0.1:8001.",
            { AdminEmail: null, AdminPassword: not null } => "PATRON_ADMIN_PASSWORD is set but PATRON_ADMIN_EMAIL is not.",
            { TelemetryEndpoint: { } endpoint } when !Uri.TryCreate(endpoint, UriKind.Absolute, out _) =>
                "OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://127.0.0.1:4318.",
            _ => TrustedProxies.FirstOrDefault(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _)) is { } wrong
                ? $"Proxies:Trusted must hold addresses or networks such as 10.0.0.0/8; '{wrong}' is none."
                : null,
        },
    }.OfType<string>();

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
}

/// <summary>The format of log lines.</summary>
public enum LogFormat
{
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}
