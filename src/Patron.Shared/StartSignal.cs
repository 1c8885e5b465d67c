namespace Patron.Shared;

/// <summary>Says when the start is done (migrations, first administrator, first keys), so that background work waits for it.</summary>
public sealed class StartSignal
{
    private readonly TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDone => source.Task.IsCompletedSuccessfully;

    public Task Done => source.Task;

    /// <summary>Waits for the start; false when it failed or the process stops, which whoever runs the process hears elsewhere.</summary>
    public async Task<bool> SucceedsAsync(CancellationToken cancellationToken)
    {
        await Done.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return IsDone;
    }

    public void Set() => source.TrySetResult();

    public void Fail(Exception exception) => source.TrySetException(exception);
}

/// <summary>The process cannot start on this database with these settings; the message is a sentence for whoever runs it.</summary>
public sealed class CannotStartException : Exception
{
    public CannotStartException()
    {
    }

    public CannotStartException(string message)
        : base(message)
    {
    }

    public CannotStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
