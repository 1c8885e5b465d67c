using Patron.Shared.Results;

namespace Patron.Shared.Database;

/// <summary>
/// A transaction of a <see cref="DatabaseSession"/>, or a savepoint inside one. What has not been committed when it is disposed is undone: the
/// rows, what the contexts track, and the actions that were to run after the commit. Exceptions and early returns need no code of their own.
/// </summary>
public sealed class DatabaseTransaction : IAsyncDisposable
{
    private readonly DatabaseSession session;

    internal DatabaseTransaction(DatabaseSession session)
    {
        this.session = session;
    }

    internal DatabaseTransaction(DatabaseSession session, Savepoint savepoint)
    {
        this.session = session;
        Savepoint = savepoint;
    }

    /// <summary>Where it began inside another transaction; null for the outermost one.</summary>
    internal Savepoint? Savepoint { get; }

    internal bool HasEnded { get; set; }

    /// <summary>Commits. An outermost transaction gives the connection back and runs what was to run after the commit.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => session.CommitAsync(this, cancellationToken);

    /// <summary>Commits and answers the value.</summary>
    public async Task<Result<T>> CommitAsync<T>(T value, CancellationToken cancellationToken)
    {
        await CommitAsync(cancellationToken);
        return value;
    }

    /// <summary>Commits a success, undoes an expected 'no' at once, and answers the result.</summary>
    public async Task<Result<T>> CommitAsync<T>(Result<T> result, CancellationToken cancellationToken)
    {
        if (result.Error is null)
        {
            await CommitAsync(cancellationToken);
        }
        else
        {
            await RollbackAsync();
        }

        return result;
    }

    /// <summary>Undoes it now: for what is done after it, and before it is disposed.</summary>
    public Task RollbackAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
        {
            HasEnded = true;
            await session.UndoAsync(this);
        }
    }
}

/// <summary>A place inside a transaction to go back to: its name in the database, the transaction around it, and how the session was.</summary>
internal sealed record Savepoint(string Name, DatabaseTransaction Outer, TrackedEntities Tracked, int ActionsAfterCommit);
