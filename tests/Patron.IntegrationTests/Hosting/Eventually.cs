using System.Diagnostics;

namespace Patron.IntegrationTests.Hosting;

/// <summary>Waits for what happens in its own time, in the background or in another process.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns when it is so; fails where it does not come to that.</summary>
    public static async Task BeSoAsync(Func<Task<bool>> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(watch.Elapsed < Patience, "What the test waits for did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}
