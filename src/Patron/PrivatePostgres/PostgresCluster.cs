using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Patron.PrivatePostgres;

/// <summary>The database's folder: found or made, with the user it runs as and the programs that fit it.</summary>
internal sealed class PostgresCluster
{
    public const int OwnerOnly = 0b111_000_000;
    private const int PassThrough = 0b111_001_001;

    private PostgresCluster(string folder, PostgresTools tools, UnixOwner? owner)
    {
        Folder = folder;
        Tools = tools;
        Postmaster = new Postmaster(folder, owner);
    }

    public string Folder { get; }

    public PostgresTools Tools { get; }

    public Postmaster Postmaster { get; }

    /// <summary>Makes the data folder; the server's user must be able to pass through it, nobody else to list it.</summary>
    public static void MakeDataFolder(string dataFolder)
    {
        try
        {
            if (Path.GetDirectoryName(dataFolder) is { } parent)
                Directory.CreateDirectory(parent);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new PrivatePostgresException($"Patron cannot make its data folder: {refused.Message} Choose another with --data.", refused);
        }

        UnixFiles.TryMakeFolder(dataFolder, UnixFiles.Me == UnixOwner.Root ? PassThrough : OwnerOnly);
    }

    /// <summary>Call it under the start lock.</summary>
    public static async Task<PostgresCluster> OpenAsync(
        string dataFolder, PrivatePostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var place = Path.Combine(dataFolder, "postgres");
        var folder = new DirectoryInfo(place).LinkTarget ?? place;
        var version = ReadVersion(folder);
        // An existing cluster stays with its owner: root may look after the server of an ordinary user, or of another machine's 'postgres'.
        UnixOwner? owner = UnixFiles.Me.User != 0 ? null : version is not null ? UnixFiles.FindFolder(folder)?.Owner : UnprivilegedUser();
        var tools = await PostgresTools.FindAsync(options.BinariesFolder, version, owner, cancellationToken);

        if (version is null)
        {
            if (folder == place && owner is not null && !await tools.CanAsync("-x", dataFolder, cancellationToken))
            {
                folder = $"/var/lib/patron-{Fingerprint(dataFolder)}";
                File.CreateSymbolicLink(place, folder);
                PrivatePostgresLog.Elsewhere(logger, dataFolder, folder);
            }

            // The link may outlive an interrupted first start.
            if (ReadVersion(folder) is null)
                await MakeAsync(folder, tools, owner, options.Durable, cancellationToken);
        }
        else if (!await tools.CanAsync("-r", Path.Combine(folder, "PG_VERSION"), cancellationToken))
        {
            throw new PrivatePostgresException(
                $"The database in '{folder}' cannot be reached by its own user any more: open the folders above it (chmod o+x), "
                + "or move the data folder, for example to --data /var/lib/patron.");
        }

        return new PostgresCluster(folder, tools, owner);
    }

    private static async Task MakeAsync(string folder, PostgresTools tools, UnixOwner? owner, bool durable, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new PrivatePostgresException(
                $"'{folder}' is there but holds no PostgreSQL database: move it away, or choose another folder with --data.");
        }


        // Made under another name, renamed when complete: a half-made cluster is never opened.
        var unfinished = $"{folder}.new-{Guid.NewGuid():N}";
        RemoveUnfinished(folder);
        UnixFiles.TryMakeFolder(unfinished, OwnerOnly);
        if (owner is { } user)
            UnixFiles.SetOwner(unfinished, user);

        var made = await tools.RunAsync("initdb", "/",
            [
                "-D", unfinished, "-U", "patron", "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject",
                "--no-instructions", "--data-checksums", .. durable ? Array.Empty<string>() : ["--no-sync"],
            ],
            cancellationToken);
        if (!made.Succeeded)
        {
            RemoveUnfinished(folder);
            throw new PrivatePostgresException(
                $"PostgreSQL could not make its database in '{folder}': {PostgresTools.FindReason(made.Output) ?? made.Output}");
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder);
        Directory.Move(unfinished, folder);
    }

    private static void RemoveUnfinished(string folder)
    {
        foreach (var left in Directory.GetDirectories(Path.GetDirectoryName(folder)!, $"{Path.GetFileName(folder)}.new-*"))
        {
            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (IOException)
            {
                // An initdb whose Patron was killed may still be writing; the next first start removes the rest.
            }
        }
    }

    private static UnixOwner UnprivilegedUser()
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
            return int.TryParse(File.ReadAllText(Path.Combine(folder, "PG_VERSION")), CultureInfo.InvariantCulture, out var version) ? version : null;
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

    public static string Fingerprint(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16];
}
