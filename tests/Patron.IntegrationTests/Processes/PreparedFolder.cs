using System.Diagnostics;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;

[assembly: AssemblyFixture(typeof(PreparedFolder))]

namespace Patron.IntegrationTests.Processes;

/// <summary>
/// A data folder with a private database as a first start leaves it, made once in a test run. Tests that are not about the first start copy
/// it, because making one costs as much as many requests.
/// </summary>
public sealed class PreparedFolder : IDisposable
{
    private readonly DataFolder folder = new();
    private readonly Lazy<Task> made;

    public PreparedFolder() => made = new(MakeAsync);

    /// <summary>Fills a data folder that does not exist yet.</summary>
    internal static async Task CopyToAsync(DataFolder target)
    {
        var prepared = await TestContext.Current.GetFixture<PreparedFolder>();
        await prepared!.made.Value;
        using var copy = Process.Start("cp", ["--archive", prepared.folder.Location, target.Location]);
        await copy.WaitForExitAsync();
        Assert.Equal(0, copy.ExitCode);
    }

    public void Dispose() => folder.Dispose();

    private async Task MakeAsync()
    {
        var answer = await PatronCommandLine.RunAsync(PatronProcess.Administrator, ["migrate", "--data", folder.Location]);
        Assert.True(answer.Status == 0, answer.Errors);
    }
}
