using System.Diagnostics;

namespace Patron.IntegrationTests.Hosting;

/// <summary>Waits for conditions that become true in the background or in another process.</summary>
public static class Eventually
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the condition is true; fails after 30 seconds.</summary>
    public static async Task BecomeTrueAsync(Func<Task<bool>> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(watch.Elapsed < Timeout, "What the test waits for did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}
