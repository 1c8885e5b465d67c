using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Patron.Erp;

namespace Patron.ErpFiles;

/// <summary>The folder with the ERP's exports. Its CSV files are read in the order of their names.</summary>
public sealed class PartnerFolder(string path)
{
    // Includes .CSV, which some systems write. Excludes hidden files, such as unfinished ones.
    private static readonly EnumerationOptions Matching = new()
    {
        MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
    };

    /// <summary>The full path.</summary>
    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>The files; at least one.</summary>
    /// <exception cref="ErpException">There is none, or the folder cannot be read.</exception>
    public IReadOnlyList<FileInfo> FindFiles()
    {
        try
        {
            FileInfo[] files = [
                .. new DirectoryInfo(Path).EnumerateFiles("*.csv", Matching).OrderBy(file => file.Name, StringComparer.Ordinal)];
            return files.Length > 0
                ? files
                : throw new ErpException(
                    $"There is no .csv file in the folder {Path}. Let the ERP export its partners to it, or correct Erp:Folder.");
        }
        catch (DirectoryNotFoundException missing)
        {
            throw new ErpException($"The folder {Path} is not there. Create it, or correct Erp:Folder.", missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ErpException($"The folder {Path} cannot be read. Allow it to the user that Patron runs as.", failure);
        }
    }

    /// <summary>Reads the first line of each file.</summary>
    /// <exception cref="ErpException">A file cannot be read.</exception>
    internal async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var file in FindFiles())
        {
            await using var opened = await PartnerFile.OpenAsync(file, 0, cancellationToken);
        }
    }

    /// <summary>A text that changes when a file is added, removed or changed.</summary>
    internal string ReadVersion()
    {
        var files = string.Join('\n', FindFiles().Select(file => $"{file.Name}/{file.Length}/{file.LastWriteTimeUtc.Ticks}"));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(files))[..8]);
    }

    /// <summary>All rows: the same instance for each row of a file, valid until the next one.</summary>
    internal async IAsyncEnumerable<PartnerFile> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (number, info) in FindFiles().Index())
        {
            await using var file = await PartnerFile.OpenAsync(info, number, cancellationToken);
            while (await file.ReadNextAsync(cancellationToken))
            {
                yield return file;
            }
        }
    }
}
