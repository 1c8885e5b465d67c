using System.Runtime.CompilerServices;

namespace Patron.Shared;

/// <summary>Reads the next element of a sequence while the caller works on the last one; never more than one ahead.</summary>
public static class ReadingAhead
{
    public static async IAsyncEnumerable<T> ReadAheadAsync<T>(this IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken cancellationToken)
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
            // Whoever stops in the middle must not leave somebody reading.
            await stop.CancelAsync();
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await elements.DisposeAsync();
        }
    }
}
