using System.Runtime.CompilerServices;

namespace Patron.Shared;

/// <summary>Reads the next element of a sequence while the caller works on the current one; at most one element ahead.</summary>
public static class ReadAheadExtensions
{
    public static async IAsyncEnumerable<T> ReadAheadAsync<T>(
        this IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var elements = source.GetAsyncEnumerator(stop.Token);
        var next = Task.FromResult(true);
        try
        {
            for (next = Task.Run(async () => await elements.MoveNextAsync(), stop.Token); await next;)
            {
                var element = elements.Current;
                next = Task.Run(async () => await elements.MoveNextAsync(), stop.Token);
                yield return element;
            }
        }
        finally
        {
            // When the caller stops early, the pending read is cancelled and awaited before the source is disposed.
            await stop.CancelAsync();
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await elements.DisposeAsync();
        }
    }
}
