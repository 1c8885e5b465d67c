using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;

namespace Patron.IntegrationTests.Backups;

/// <summary>A running Patron with a private database and a folder that it takes backups into, and folders to restore into.</summary>
internal sealed class BackedUpPatron : IAsyncDisposable
{
    private readonly List<DataFolder> restored = [];
    private readonly List<PatronProcess> processes = [];

    public DataFolder Data { get; } = new();

    /// <summary>The folder of backups.</summary>
    public string Backups { get; } = Path.Combine(Path.GetTempPath(), "patron-backups-" + Guid.NewGuid().ToString("N")[..8]);

    public string MasterKey => Path.Combine(Data.Location, "master.key");

    /// <summary>Starts a server on the data folder, or on a restored one.</summary>
    public async Task<PatronProcess> StartAsync(DataFolder? folder = null, params (string Name, string Value)[] settings)
    {
        if (folder is null && !Directory.Exists(Data.Location) && !settings.Any(setting => setting.Name == "ConnectionStrings__Patron"))
        {
            await PreparedFolder.CopyToAsync(Data);
        }

        var patron = await PatronProcess.StartAsync((folder ?? Data).Location, PatronProcess.Settings(settings));
        processes.Add(patron);
        return patron;
    }

    /// <summary>Starts a server that takes backups, and waits for the first.</summary>
    public async Task<PatronProcess> StartWithBackupsAsync(DataFolder? folder = null, params (string Name, string Value)[] settings)
    {
        var patron = await StartAsync(folder, [("Backup__Folder", Backups), .. settings]);
        await patron.UntilAsync(async () => (await HealthAsync(patron)).GetProperty("checks").GetProperty("backup").GetString() == "ok");
        return patron;
    }

    public static async Task<JsonElement> HealthAsync(PatronProcess patron) =>
        await (await patron.Client.GetAsync("/health")).ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>Kills the server and its database, as a machine that dies does.</summary>
    public async Task KillAsync(PatronProcess patron)
    {
        await patron.KillAsync();
        Data.KillPostmaster();
    }

    /// <summary>A data folder that does not exist yet.</summary>
    public DataFolder NewFolder()
    {
        restored.Add(new DataFolder());
        return restored[^1];
    }

    /// <summary>The names of the complete backups, oldest first.</summary>
    public IReadOnlyList<string> Names() =>
        [.. Directory.GetDirectories(Backups).Where(path => File.Exists(Path.Combine(path, "backup.json"))).Select(path => Path.GetFileName(path)).Order()];

    public static Task<CommandAnswer> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public static Task<CommandAnswer> RunAsync((string Name, string Value)[] settings, params string[] arguments) =>
        PatronCommandLine.RunAsync(settings.ToDictionary(setting => setting.Name, setting => setting.Value), arguments);

    public static async Task<string> SucceedAsync((string Name, string Value)[] settings, params string[] arguments)
    {
        var answer = await RunAsync(settings, arguments);
        Assert.True(answer.Status == 0, $"{string.Join(' ', arguments)}: {answer.Errors}");
        return answer.Output;
    }

    public static Task<string> SucceedAsync(params string[] arguments) => SucceedAsync([], arguments);

    /// <summary>Runs a command that is refused, and returns its sentence.</summary>
    public static async Task<string> FailAsync((string Name, string Value)[] settings, params string[] arguments)
    {
        var answer = await RunAsync(settings, arguments);
        Assert.Equal(1, answer.Status);
        Assert.DoesNotContain("   at ", answer.Errors, StringComparison.Ordinal);
        return answer.Errors;
    }

    public static Task<string> FailAsync(params string[] arguments) => FailAsync([], arguments);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        Data.Dispose();
        restored.ForEach(folder => folder.Dispose());
        if (Directory.Exists(Backups))
        {
            Directory.Delete(Backups, recursive: true);
        }
    }
}
