using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Patron.Accounts.Passwords;

/// <summary>
/// The threads that hash passwords: one for each core, with a lower priority than all others, because a hash takes about 80 ms of one core
/// and a flood of sign-ins must not starve other requests. As many attempts as there are threads, and one more to keep them busy, run at a
/// time; the others wait.
/// </summary>
public sealed class HashingQueue : IDisposable
{
    private const int LowPriority = 10; // Of 19; threads of equal priority share a core, these get about a tenth.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim slots = new(Environment.ProcessorCount + 1);
    private readonly BlockingCollection<Action> work = [];

    public HashingQueue()
    {
        for (var number = 1; number <= Environment.ProcessorCount; number++)
        {
            new Thread(Run) { IsBackground = true, Name = $"hashing {number}" }.Start();
        }
    }

    /// <summary>Waits for a slot, for ten seconds at most. Returns null if none became free. Dispose the slot.</summary>
    public async Task<HashingSlot?> EnterAsync(CancellationToken cancellationToken) =>
        await slots.WaitAsync(Timeout, cancellationToken) ? new HashingSlot(work, slots) : null;

    public void Dispose()
    {
        work.CompleteAdding();
        slots.Dispose();
    }

    private void Run()
    {
        if (OperatingSystem.IsLinux())
        {
            // Of this thread, which Linux takes for a process here. Without permission the priority stays normal.
            _ = SetPriority(which: 0, who: 0, LowPriority);
        }

        foreach (var hash in work.GetConsumingEnumerable())
        {
            hash();
        }
    }

    // DllImport instead of LibraryImport: generated marshalling would need unsafe code in the whole project.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "setpriority"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
#pragma warning restore SYSLIB1054
}

/// <summary>The right to hash in <see cref="HashingQueue"/> until it is disposed.</summary>
public sealed class HashingSlot : IDisposable
{
    private readonly BlockingCollection<Action> work;
    private readonly SemaphoreSlim slots;

    internal HashingSlot(BlockingCollection<Action> work, SemaphoreSlim slots) => (this.work, this.slots) = (work, slots);

    /// <summary>Runs the function on one of the queue's threads.</summary>
    public Task<T> RunAsync<T>(Func<T> hash)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                result.SetResult(hash());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        });
        return result.Task;
    }

    public void Dispose() => slots.Release();
}
