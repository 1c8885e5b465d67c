using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Patron.PrivatePostgres;

/// <summary>The database cluster in the data folder, with the user it runs as and the PostgreSQL programs of its version.</summary>
internal sealed class PostgresCluster
{
    public const int OwnerOnlyMode = 0b111_000_000;
    private const int TraverseMode = 0b111_001_001;

    private PostgresCluster(string folder, PostgresTools tools, UnixOwner? owner)
    {
        Folder = folder;
        Tools = tools;
        Postmaster = new Postmaster(folder, owner);
    }

    public string Folder { get; }

    public PostgresTools Tools { get; }

    public Postmaster Postmaster { get; }

    /// <summary>Creates the data folder. The server's user must be able to traverse it, and no other user may list it.</summary>
    public static void CreateDataFolder(string dataFolder)
    {
        try
        {
            if (Path.GetDirectoryName(dataFolder) is { } parent)
                Directory.CreateDirectory(parent);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new PrivatePostgresException(
                $"Patron cannot make its data folder: {refused.Message} Choose another with --data.", refused);
        }

        UnixFiles.TryCreateFolder(dataFolder, UnixFiles.CurrentUser == UnixOwner.Root ? TraverseMode : OwnerOnlyMode);
    }

    /// <summary>Opens the cluster, or creates it. The caller must hold the start lock.</summary>
    public static async Task<PostgresCluster> OpenAsync(
        string dataFolder, PrivatePostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var path = Path.Combine(dataFolder, "postgres");
        var folder = new DirectoryInfo(path).LinkTarget ?? path;
        var version = ReadVersion(folder);
        UnixOwner? owner = UnixFiles.CurrentUser.User == 0 ? OwnerForRoot(folder, version) : null;
        var needed = version ?? (options.Source is { } source ? ReadVersion(source.BaseFolder) : null);
        var tools = await PostgresTools.FindAsync(options.BinariesFolder, needed, owner, cancellationToken);

        if (version is null)
        {
            if (folder == path && owner is not null && !await tools.HasAccessAsync("-x", dataFolder, cancellationToken))
            {
                folder = $"/var/lib/patron-{HashPath(dataFolder)}";
                File.CreateSymbolicLink(path, folder);
                PrivatePostgresLog.LogOtherFolder(logger, dataFolder, folder);
            }

            // After an interrupted first start, the link can exist without a cluster.
            if (ReadVersion(folder) is null)
                await CreateAsync(folder, tools, owner, options, cancellationToken);
        }
        else if (!await tools.HasAccessAsync("-r", Path.Combine(folder, "PG_VERSION"), cancellationToken))
        {
            throw new PrivatePostgresException(
                $"The database in '{folder}' can no longer be reached by its own user: open the folders above it (chmod o+x), "
                + "or move the data folder, for example to --data /var/lib/patron.");
        }

        return new PostgresCluster(folder, tools, owner);
    }

    private static async Task CreateAsync(
        string folder, PostgresTools tools, UnixOwner? owner, PrivatePostgresOptions options, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new PrivatePostgresException(
                $"'{folder}' is there but holds no PostgreSQL database: move it away, or choose another folder with --data.");
        }

        // Created under another name and renamed when complete, so that an incomplete cluster is never opened.
        var unfinished = $"{folder}.new-{Guid.NewGuid():N}";
        RemoveUnfinished(folder);
        UnixFiles.TryCreateFolder(unfinished, OwnerOnlyMode);
        if (owner is { } user)
            UnixFiles.SetOwner(unfinished, user);

        try
        {
            if (options.Source is { } source)
                source.CopyTo(unfinished, owner, cancellationToken);
            else
                await InitializeAsync(unfinished, tools, options.Durable, cancellationToken);
        }
        catch
        {
            RemoveUnfinished(folder);
            throw;
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder);
        Directory.Move(unfinished, folder);
    }

    private static async Task InitializeAsync(string folder, PostgresTools tools, bool durable, CancellationToken cancellationToken)
    {
        var result = await tools.RunAsync("initdb", "/",
            [
                "-D", folder, "-U", "patron", "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject",
                "--no-instructions", "--data-checksums", .. durable ? Array.Empty<string>() : ["--no-sync"],
            ],
            cancellationToken);
        if (!result.Succeeded)
        {
            throw new PrivatePostgresException(
                $"PostgreSQL could not make its database in '{folder}': {PostgresTools.FindReason(result.Output) ?? result.Output}");
        }
    }

    private static void RemoveUnfinished(string folder)
    {
        foreach (var unfinished in Directory.GetDirectories(Path.GetDirectoryName(folder)!, $"{Path.GetFileName(folder)}.new-*"))
        {
            try
            {
                Directory.Delete(unfinished, recursive: true);
            }
            catch (IOException)
            {
                // An initdb process may still be writing after its Patron was killed. The next first start deletes the rest.
            }
        }
    }

    // An existing cluster keeps its owner: root may run the server of an ordinary user, or a cluster copied from another machine.
    private static UnixOwner? OwnerForRoot(string folder, int? version) =>
        version is null ? FindUnprivilegedUser() : UnixFiles.FindFolder(folder)?.Owner;

    private static UnixOwner FindUnprivilegedUser()
    {
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToList();
        var user = users.Find(fields => fields[0] == "postgres") ?? users.Find(fields => fields[0] == "nobody")
            ?? throw new PrivatePostgresException(
                "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody': start Patron as an ordinary user.");
        return new UnixOwner(uint.Parse(user[2], CultureInfo.InvariantCulture), uint.Parse(user[3], CultureInfo.InvariantCulture));
    }

    private static int? ReadVersion(string folder)
    {
        try
        {
            return int.TryParse(File.ReadAllText(Path.Combine(folder, "PG_VERSION")), CultureInfo.InvariantCulture, out var version)
                ? version
                : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new PrivatePostgresException(
                $"The database in '{folder}' belongs to another user: start Patron as that user or root, or choose another folder with --data.",
                refused);
        }
    }

    public static string HashPath(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16];
}
