namespace Patron.PrivatePostgres;

/// <summary>The server's settings: a small machine that also runs Patron, on a disk without seek times.</summary>
internal static class PrivatePostgresSettings
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>
    /// As options of the command line, so that nothing has to be written into the cluster. pg_ctl hands them to a shell, hence the quotes.
    /// </summary>
    public static string ForCommandLine(string socketFolder, bool durable) =>
        string.Join(' ', All(durable).Select(setting => $"{setting.Name}={setting.Value}").Prepend(SocketSetting(socketFolder)).Select(Option));

    /// <summary>The setting that names the socket's folder, as it stands on the server's command line.</summary>
    public static string SocketSetting(string socketFolder) => $"unix_socket_directories=\"{socketFolder}\"";

    private static IEnumerable<(string Name, string Value)> All(bool durable)
    {
        // Containers' limits count here, too.
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
        yield return ("random_page_cost", "1.1");
        yield return ("jit", "off");
        yield return ("timezone", "UTC");
        yield return ("log_timezone", "UTC");
        // A refused insert is an answer, not news, and its text holds people's e-mail addresses: only what the server says about itself is logged.
        yield return ("log_min_messages", "log");
        yield return ("log_min_error_statement", "panic");
        yield return ("log_error_verbosity", "terse");
        yield return ("log_checkpoints", "off");
        if (!durable)
        {
            yield return ("fsync", "off");
            yield return ("synchronous_commit", "off");
            yield return ("full_page_writes", "off");
        }
    }

    private static string Option(string setting) => $"-c '{setting.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
