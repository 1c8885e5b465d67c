using System.Globalization;
using Npgsql;

namespace Patron.Backups;

/// <summary>
/// A connection string for PostgreSQL's own programs, which have other names for the settings than Npgsql. The password is not in it,
/// because other users of the machine can see command lines.
/// </summary>
internal static class LibpqConnection
{
    public static string Of(string connectionString, string applicationName)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        (string Name, string? Value)[] parameters =
        [
            ("host", settings.Host), ("port", settings.Port.ToString(CultureInfo.InvariantCulture)), ("user", settings.Username),
            ("dbname", settings.Database ?? settings.Username), ("application_name", applicationName),
            ("sslmode", SslModeOf(settings)), ("sslrootcert", settings.RootCertificate), ("sslcert", settings.SslCertificate),
            ("sslkey", settings.SslKey), ("target_session_attrs", settings.TargetSessionAttributes),
        ];
        return string.Join(' ', parameters.Where(parameter => parameter.Value is { Length: > 0 })
            .Select(parameter => $"{parameter.Name}='{Escape(parameter.Value!)}'"));
    }

    public static string? PasswordOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Password;

    private static string? SslModeOf(NpgsqlConnectionStringBuilder settings) => settings.SslMode switch
    {
        SslMode.VerifyCA => "verify-ca",
        SslMode.VerifyFull => "verify-full",
        var mode => mode.ToString().ToLowerInvariant(),
    };

    private static string Escape(string value) =>
        value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal);
}
