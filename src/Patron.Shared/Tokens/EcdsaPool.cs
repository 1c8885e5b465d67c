using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Patron.Shared.Tokens;

/// <summary>
/// Lends one <see cref="ECDsa"/> to one thread at a time.
/// </summary>
/// <remarks>
/// .NET promises no thread safety for instance members of <see cref="ECDsa"/>. On OpenSSL concurrent use of one key happens to
/// work today, but the promise is what a server should stand on, and importing a key for every call costs more than the signature.
/// A lock would queue all requests behind one signature of some 40 microseconds; an instance per thread would keep one for every
/// thread and key that ever met. A queue holds no more instances than signatures were ever computed at the same moment.
/// </remarks>
internal sealed class EcdsaPool
{
    private readonly ConcurrentQueue<ECDsa> idle = new();
    private readonly ECParameters key;
    private volatile bool closed;

    public EcdsaPool(ECParameters key)
    {
        this.key = key;
        idle.Enqueue(ECDsa.Create(key)); // a key that cannot be used fails here, not at its first use
    }

    /// <summary>An instance for the caller alone. Whoever fails with it keeps it: its handle goes with the garbage.</summary>
    public ECDsa Rent()
    {
        ObjectDisposedException.ThrowIf(closed, this);
        return idle.TryDequeue(out var instance) ? instance : ECDsa.Create(key);
    }

    public void Return(ECDsa instance)
    {
        idle.Enqueue(instance);
        if (closed)
        {
            Close();
        }
    }

    /// <summary>Frees what is idle; what is lent is freed when it comes back.</summary>
    public void Close()
    {
        closed = true;
        while (idle.TryDequeue(out var instance))
        {
            instance.Dispose();
        }
    }
}
