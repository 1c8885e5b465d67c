namespace Patron.Erp;

/// <summary>
/// Checks whether the ERP is available, at most twice a minute for any number of callers. A check continues after its caller's timeout, and
/// the next caller gets its result.
/// </summary>
public sealed class ErpAvailability(IErpConnector connector, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private Task<bool>? check;
    private long checkedAt;

    public Task<bool> IsAvailableAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (check is null || (check.IsCompleted && time.GetElapsedTime(checkedAt) > MaxAge))
            {
                checkedAt = time.GetTimestamp();
                check = CheckAsync();
            }

            return check.WaitAsync(cancellationToken);
        }
    }

    private async Task<bool> CheckAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            await connector.CheckAsync(timeout.Token);
            return true;
        }
        catch (Exception failure) when (failure is ErpException or OperationCanceledException)
        {
            return false;
        }
    }
}
