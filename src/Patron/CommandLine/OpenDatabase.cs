using Patron.Backups;
using Patron.Hosting;
using Patron.PrivatePostgres;

namespace Patron.CommandLine;

/// <summary>
/// The database of a command: the configured one, else the private one of the data folder, which is released at disposal.
/// </summary>
internal sealed class OpenDatabase : IAsyncDisposable
{
    private OpenDatabase(string connectionString, PrivatePostgresServer? server)
    {
        ConnectionString = connectionString;
        Server = server;
    }

    public string ConnectionString { get; }

    /// <summary>The private server; null if another one is configured.</summary>
    public PrivatePostgresServer? Server { get; }

    /// <exception cref="Shared.CannotStartException">A restore into the data folder was interrupted.</exception>
    public static async Task<OpenDatabase> OpenAsync(PatronSettings settings, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        RestoreMarker.ThrowIfSet(settings.DataFolder);
        if (settings.ConnectionString is { } connectionString)
        {
            return new OpenDatabase(connectionString, null);
        }

        var server = await PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions { DataFolder = settings.DataFolder, BinariesFolder = settings.PostgresBinaries },
            logs.CreateLogger<PrivatePostgresServer>(),
            cancellationToken);
        return new OpenDatabase(server.ConnectionString, server);
    }

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
