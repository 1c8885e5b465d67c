using Patron.Shared;
using Patron.Shared.Secrets;

namespace Patron.Backups;

/// <summary>
/// A file in a data folder that is being restored. While it is there, no command uses the folder: the database may be complete already, but
/// its old sessions are valid and its numbers would be given twice.
/// </summary>
internal static class RestoreMarker
{
    private const string Name = "restore.unfinished";

    /// <summary>Of two restores into one folder, the second is refused.</summary>
    /// <exception cref="CannotStartException">The folder has the file already.</exception>
    public static void Set(string dataFolder)
    {
        try
        {
            new FileStream(FileIn(dataFolder), FileMode.CreateNew).Dispose();
        }
        catch (IOException exists) when (File.Exists(FileIn(dataFolder)))
        {
            throw new CannotStartException($"Another restore into {dataFolder} is running. Choose another folder with --data.", exists);
        }
    }

    public static void Remove(string dataFolder) => File.Delete(FileIn(dataFolder));

    /// <exception cref="CannotStartException">The restore into this folder was not completed.</exception>
    public static void ThrowIfSet(string dataFolder)
    {
        if (File.Exists(FileIn(dataFolder)))
        {
            throw new CannotStartException($"The restore into {dataFolder} was interrupted. Delete the folder and restore again.");
        }
    }

    private static string FileIn(string dataFolder) => Path.Combine(dataFolder, Name);
}

/// <summary>The master key of a restored installation, and the content of its <c>settings.json</c>, which is empty if it is not known.</summary>
internal sealed record RestoredSecrets(MasterKey Key, byte[] Settings)
{
    /// <summary>Writes both into a new data folder; the key only if it is not a setting.</summary>
    public void WriteTo(string dataFolder, bool isKeySet)
    {
        if (!isKeySet)
        {
            Key.WriteTo(Path.Combine(dataFolder, "master.key"));
        }

        if (Settings.Length > 0)
        {
            using var file = new FileStream(Path.Combine(dataFolder, Hosting.SettingsFile.Name), new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyPermissions.File,
            });
            file.Write(Settings);
        }
    }
}
