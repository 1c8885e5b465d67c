namespace Patron.Shared;

/// <summary>Says when the start is done (migrations, first administrator, first keys), so that background work waits for it.</summary>
public sealed class StartSignal
{
    private readonly TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDone => source.Task.IsCompleted;

    public Task Done => source.Task;

    public void Set() => source.TrySetResult();
}
