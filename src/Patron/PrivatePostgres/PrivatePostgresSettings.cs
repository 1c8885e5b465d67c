namespace Patron.PrivatePostgres;

/// <summary>The PostgreSQL settings of the private server, for a small machine with an SSD that also runs Patron.</summary>
internal static class PrivatePostgresSettings
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>
    /// The settings as command-line options, so that no file of the cluster has to be changed. pg_ctl passes them to a shell, hence the
    /// quotes.
    /// </summary>
    public static string ForCommandLine(string socketFolder, PrivatePostgresOptions options) =>
        string.Join(
            ' ',
            All(options.Durable).Concat(options.Source?.Target.Settings() ?? []).Select(setting => $"{setting.Name}={setting.Value}")
                .Prepend(SocketSetting(socketFolder)).Select(Option));

    /// <summary>The setting of the socket folder, as it appears on the server's command line.</summary>
    public static string SocketSetting(string socketFolder) => $"unix_socket_directories=\"{socketFolder}\"";

    private static IEnumerable<(string Name, string Value)> All(bool durable)
    {
        // This includes the memory limit of a container.
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Megabyte;

        yield return ("listen_addresses", "");
        yield return ("port", "5432");
        yield return ("unix_socket_permissions", "0700");
        yield return ("max_connections", durable ? "100" : "400"); // Tests run many servers on one database server.
        yield return ("shared_buffers", $"{Math.Clamp(memory / 8, 16, 256)}MB");
        yield return ("effective_cache_size", $"{Math.Max(memory / 2, 64)}MB");
        yield return ("maintenance_work_mem", $"{Math.Clamp(memory / 16, 16, 128)}MB");
        yield return ("max_wal_size", "2GB");
        yield return ("wal_compression", "on");
        // A backup that stopped receiving WAL must not fill the disk. It starts anew then.
        yield return ("max_slot_wal_keep_size", "8GB");
        yield return ("random_page_cost", "1.1");
        yield return ("jit", "off");
        yield return ("timezone", "UTC");
        yield return ("log_timezone", "UTC");
        // Statement errors are expected and contain email addresses, so only the server's messages about itself are logged.
        yield return ("log_min_messages", "log");
        yield return ("log_min_error_statement", "panic");
        yield return ("log_error_verbosity", "terse");
        yield return ("log_checkpoints", "off");
        if (!durable)
        {
            yield return ("fsync", "off");
            yield return ("synchronous_commit", "off");
            yield return ("full_page_writes", "off");
            yield return ("autovacuum", "off"); // A test run has hundreds of databases, and it starts ten processes a second for them.
        }
    }

    private static string Option(string setting) => $"-c '{setting.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
