using Patron.CommandLine;
using Patron.Shared.Secrets;

namespace Patron.UnitTests.CommandLine;

public sealed class UnexpectedFailureTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("patron-failure-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_details_are_in_a_file_for_its_user_alone_and_not_in_the_sentence()
    {
        var sentence = UnexpectedFailure.Report(Thrown(), folder.FullName);

        var file = Assert.Single(folder.GetFiles());
        Assert.Equal(OwnerOnlyPermissions.File, File.GetUnixFileMode(file.FullName));
        Assert.Contains(nameof(Thrown), File.ReadAllText(file.FullName), StringComparison.Ordinal);
        Assert.Contains(file.FullName, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("jane@example.com", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }

    [Fact]
    public void Without_room_for_the_file_the_sentence_still_names_the_kind()
    {
        var sentence = UnexpectedFailure.Report(Thrown(), Path.Combine(folder.FullName, "missing"));

        Assert.Contains(nameof(InvalidOperationException), sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("jane@example.com", sentence, StringComparison.Ordinal);
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("jane@example.com");
        }
        catch (InvalidOperationException thrown)
        {
            return thrown;
        }
    }
}
