using System.Globalization;
using Patron.Accounts.Passwords;

namespace Patron.UnitTests.Accounts;

public sealed class HashingQueueTests
{
    private const int NiceField = 18; // Of /proc/PID/stat, counted from 0.

    [Fact]
    public async Task Hashing_threads_have_a_lower_priority_than_others()
    {
        using var queue = new HashingQueue();
        using var slot = await queue.EnterAsync(TestContext.Current.CancellationToken);

        var other = Niceness();
        Assert.Equal(other + 10, await slot!.RunAsync(Niceness));
        Assert.Equal(other, Niceness());
    }

    [Fact]
    public async Task Failure_reaches_the_caller_and_the_thread_goes_on()
    {
        using var queue = new HashingQueue();
        using var slot = await queue.EnterAsync(TestContext.Current.CancellationToken);

        for (var number = 0; number <= Environment.ProcessorCount; number++)
        {
            await Assert.ThrowsAsync<FormatException>(() => slot!.RunAsync<int>(() => throw new FormatException()));
        }

        Assert.Equal(7, await slot!.RunAsync(() => 7));
    }

    [Fact]
    public async Task Cancelled_caller_leaves_the_queue()
    {
        using var queue = new HashingQueue();
        var slots = new List<HashingSlot>();
        for (var number = 0; number <= Environment.ProcessorCount; number++)
        {
            slots.Add((await queue.EnterAsync(TestContext.Current.CancellationToken))!);
        }

        using var gone = new CancellationTokenSource();
        var waiting = queue.EnterAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        slots.ForEach(slot => slot.Dispose());
        using var next = await queue.EnterAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(next);
    }

    // The process's name, in brackets, may contain blanks.
    private static int Niceness()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[NiceField - 2], CultureInfo.InvariantCulture);
    }
}
