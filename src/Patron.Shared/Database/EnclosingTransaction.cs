namespace Patron.Shared.Database;

/// <summary>
/// A transaction around all other transactions of a session, which become savepoints in it. It begins together with the first of them, so
/// that work before that (requests to other services, plain reads) holds no connection of the pool.
/// </summary>
public sealed class EnclosingTransaction : IAsyncDisposable
{
    private readonly DatabaseSession session;
    private readonly Func<CancellationToken, Task> afterBegin;
    private DatabaseTransaction? begun;

    internal EnclosingTransaction(DatabaseSession session, Func<CancellationToken, Task> afterBegin)
    {
        this.session = session;
        this.afterBegin = afterBegin;
    }

    /// <summary>Begins the transaction if it has not begun yet.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (begun is null)
        {
            begun = await session.BeginOutermostAsync(cancellationToken);
            await afterBegin(cancellationToken);
        }
    }

    /// <summary>Commits the transaction if it has begun.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => begun?.CommitAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        session.EndEnclosing();
        if (begun is not null)
        {
            await begun.DisposeAsync();
        }
    }
}
