namespace Patron.Erp;

/// <summary>
/// Whether the ERP answers Patron, asked at most twice a minute however often it is wanted to be known. The question goes on when whoever asked
/// has no more time: the next one has its answer.
/// </summary>
public sealed class ErpReach(IErpConnector connector, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private Task<bool>? answer;
    private long askedAt;

    public Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (answer is null || (answer.IsCompleted && time.GetElapsedTime(askedAt) > MaxAge))
            {
                askedAt = time.GetTimestamp();
                answer = AskAsync();
            }

            return answer.WaitAsync(cancellationToken);
        }
    }

    private async Task<bool> AskAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await connector.CheckAsync(limit.Token);
            return true;
        }
        catch (Exception failure) when (failure is ErpException or OperationCanceledException)
        {
            return false;
        }
    }
}
