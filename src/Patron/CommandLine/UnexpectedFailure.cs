using System.Globalization;
using Patron.Shared.Secrets;

namespace Patron.CommandLine;

/// <summary>
/// An exception that no command expects, which is a fault of Patron: people read a sentence, its developers the file that it names.
/// </summary>
internal static class UnexpectedFailure
{
    /// <summary>
    /// Writes the exception to a new file in this folder and returns the sentence. Only the file's owner may read it, because it can contain
    /// data of people. Where it can't be written, because the disk is full for example, the sentence says so.
    /// </summary>
    public static string Report(Exception exception, string folder)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"patron-failure-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid():N}.txt");
        var path = Path.Combine(folder, name);
        try
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyPermissions.File,
            });
            using var writer = new StreamWriter(file);
            writer.WriteLine(exception);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"Patron has failed in a way that it doesn't expect: {exception.GetType().Name}. Its details couldn't be written to {folder}.";
        }

        return $"Patron has failed in a way that it doesn't expect ({exception.GetType().Name}). The details are in {path}: please report them, without "
            + "the data of people that they may contain.";
    }
}
