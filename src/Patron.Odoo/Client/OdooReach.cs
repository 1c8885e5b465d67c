namespace Patron.Odoo.Client;

/// <summary>Whether Odoo answers the robot, asked at most twice a minute however often it is wanted to be known.</summary>
public sealed class OdooReach(OdooClient client, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim asking = new(1);
    private (bool Answers, long At)? known;

    public async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        await asking.WaitAsync(cancellation);
        try
        {
            if (known is not { } last || time.GetElapsedTime(last.At) > MaxAge)
            {
                known = last = (await AskAsync(cancellation), time.GetTimestamp());
            }

            return last.Answers;
        }
        finally
        {
            asking.Release();
        }
    }

    public void Dispose() => asking.Dispose();

    private async Task<bool> AskAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            await client.CountAsync("res.partner", OdooDomain.All.And("id", "=", 0), limit.Token);
            return true;
        }
        catch (OdooException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
