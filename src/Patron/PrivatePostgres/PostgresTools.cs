using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Patron.PrivatePostgres;

/// <summary>The exit code and the output of a program.</summary>
internal sealed record ToolResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>The PostgreSQL programs of one version. They run as another user if Patron runs as root, which PostgreSQL refuses.</summary>
internal sealed partial class PostgresTools(string folder, int version, UnixOwner? runAs)
{
    public const int MinVersion = 15;

    public int Version => version;

    /// <summary>
    /// The same programs, run as the user of this process: for clients (pg_basebackup, pg_dump), which root may run and whose files should
    /// belong to whoever runs Patron.
    /// </summary>
    public PostgresTools AsCurrentUser() => new(folder, version, runAs: null);

    /// <summary>Finds the programs of the highest installed version, or of the version that an existing cluster needs.</summary>
    public static async Task<PostgresTools> FindAsync(
        string? configured, int? needed, UnixOwner? runAs, CancellationToken cancellationToken)
    {
        var found = new List<PostgresTools>();
        foreach (var folder in configured is null ? DefaultFolders() : [configured])
        {
            if (File.Exists(Path.Combine(folder, "initdb")) && await ReadVersionAsync(folder, cancellationToken) is { } version)
                found.Add(new PostgresTools(Path.GetFullPath(folder), version, runAs));
        }

        return found.Where(tools => needed is null ? tools.Version >= MinVersion : tools.Version == needed).MaxBy(tools => tools.Version)
            ?? throw new PrivatePostgresException(
                (needed is null
                    ? $"Patron needs the programs of PostgreSQL {MinVersion} or newer"
                    : $"The database in the data folder was made by PostgreSQL {needed} and needs the programs of that version")
                + (found.Count == 0 ? ", and found none" : ", and found " + string.Join(", ",
                    found.Select(tools => tools.Version).Distinct().Order()))
                + $": install the package postgresql{(needed is null ? "" : $"-{needed}")}, or name a server with ConnectionStrings__Patron.");
    }

    public Task<ToolResult> RunAsync(
        string program, string workingFolder, IEnumerable<string> arguments, CancellationToken cancellationToken,
        string? password = null) =>
        ExecuteAsync([.. RunAsPrefix(), Path.Combine(folder, program), .. arguments], workingFolder, cancellationToken, password);

    /// <summary>Starts a program that runs until it is killed or its server ends. The caller reads its output and disposes it.</summary>
    public Process Start(string program, IEnumerable<string> arguments)
    {
        var start = StartInfo([.. RunAsPrefix(), Path.Combine(folder, program), .. arguments], "/");
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception missing)
        {
            throw CannotRun(start.FileName, missing);
        }
    }

    /// <summary>Runs any other program as the server's user.</summary>
    public Task<ToolResult> RunAnyAsync(string[] command, CancellationToken cancellationToken) =>
        ExecuteAsync([.. RunAsPrefix(), .. command], "/", cancellationToken);

    /// <summary>
    /// Whether the server's user has access to a path. The kernel checks it, because parent folders, groups and ACLs all matter.
    /// </summary>
    public async Task<bool> HasAccessAsync(string access, string path, CancellationToken cancellationToken) =>
        (await RunAnyAsync(["test", access, path], cancellationToken)).Succeeded;

    /// <summary>The last lines of a file, read as the server's user: root must not follow symbolic links created by that user.</summary>
    public async Task<string> TailAsync(string path, CancellationToken cancellationToken) =>
        (await RunAnyAsync(["tail", "-n", "6", path], cancellationToken)).Output;

    /// <summary>The error messages in the output, without time stamps; null if there are none.</summary>
    public static string? FindReason(string output)
    {
        var reasons = ReasonInLine().Matches(output).Select(match => match.Value.Trim()).Distinct(StringComparer.Ordinal).ToList();
        return reasons.Count == 0 ? null : string.Join("; ", reasons.TakeLast(2));
    }

    private string[] RunAsPrefix() =>
        runAs is { } owner ? ["setpriv", "--reuid", $"{owner.User}", "--regid", $"{owner.Group}", "--clear-groups", "--"] : [];

    private static IEnumerable<string> DefaultFolders()
    {
        const string Debian = "/usr/lib/postgresql";
        var packaged = Directory.Exists(Debian) ? Directory.GetDirectories(Debian).Select(major => Path.Combine(major, "bin")) : [];
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return packaged.Concat(path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<int?> ReadVersionAsync(string folder, CancellationToken cancellationToken)
    {
        var answer = await ExecuteAsync([Path.Combine(folder, "postgres"), "--version"], "/", cancellationToken);
        var number = VersionNumber().Match(answer.Output).Groups[1].Value;
        return int.TryParse(number, CultureInfo.InvariantCulture, out var version) ? version : null;
    }

    private static async Task<ToolResult> ExecuteAsync(
        string[] command, string workingFolder, CancellationToken cancellationToken, string? password = null)
    {
        var start = StartInfo(command, workingFolder);
        if (password is not null)
            start.Environment["PGPASSWORD"] = password; // Other users can see a command line.

        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                await process.WaitForExitAsync(cancellationToken);
                return new ToolResult(process.ExitCode, (await output + await error).Trim());
            }
            catch (OperationCanceledException)
            {
                // Kills the tool only. A postmaster that pg_ctl has started is stopped separately.
                process.Kill();
                throw;
            }
        }
        catch (Win32Exception missing)
        {
            throw CannotRun(command[0], missing);
        }
    }

    private static ProcessStartInfo StartInfo(string[] command, string workingFolder)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // PGPORT, PGOPTIONS and similar variables are meant for other servers.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        // Instead of -D, which pg_ctl puts into a shell command: a '$' in the folder's name would be expanded.
        start.Environment["PGDATA"] = workingFolder;
        return start;
    }

    private static PrivatePostgresException CannotRun(string program, Win32Exception missing) =>
        new($"Patron cannot run '{program}': {missing.Message}.", missing);

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionNumber();

    [GeneratedRegex("(FATAL|error|cannot create|LOG: .* in file ).*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReasonInLine();
}
