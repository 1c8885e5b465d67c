using Patron.Shared.Results;

namespace Patron.Shared.Database;

/// <summary>
/// A transaction of a <see cref="DatabaseSession"/>, or a savepoint inside one. If it is disposed without a commit, it is rolled back: the
/// rows, the entities that the contexts track and the actions registered to run after the commit.
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

    /// <summary>The savepoint inside another transaction; null for the outermost transaction.</summary>
    internal Savepoint? Savepoint { get; }

    internal bool HasEnded { get; set; }

    /// <summary>
    /// Commits. An outermost transaction then returns the connection to the pool and runs the actions registered to run after the commit.
    /// </summary>
    public Task CommitAsync(CancellationToken cancellationToken) => session.CommitAsync(this, cancellationToken);

    /// <summary>Commits and returns the value.</summary>
    public async Task<Result<T>> CommitAsync<T>(T value, CancellationToken cancellationToken)
    {
        await CommitAsync(cancellationToken);
        return value;
    }

    /// <summary>Commits a success, rolls back an error, and returns the result.</summary>
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

    /// <summary>Rolls back now instead of at disposal, for code that continues afterwards.</summary>
    public Task RollbackAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
        {
            HasEnded = true;
            await session.RollbackAsync(this);
        }
    }
}

/// <summary>A savepoint: its name in the database, the transaction around it and the state of the session when it began.</summary>
internal sealed record Savepoint(string Name, DatabaseTransaction Outer, EntitySnapshot Entities, int ActionsAfterCommit);
