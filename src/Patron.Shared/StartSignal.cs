namespace Patron.Shared;

/// <summary>Signals that the start is complete (migrations, first administrator, first keys). Background work waits for it.</summary>
public sealed class StartSignal
{
    private readonly TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsCompleted => source.Task.IsCompletedSuccessfully;

    public Task Completion => source.Task;

    /// <summary>Waits for the start. False when it failed or the process stops; the failure itself is reported elsewhere.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        await Completion.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return IsCompleted;
    }

    public void Set() => source.TrySetResult();

    public void Fail(Exception exception) => source.TrySetException(exception);
}
