using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Patron.Shared.Results;

namespace Patron.Shared.Database;

/// <summary>
/// The database connection of a request, shared by the contexts of all modules, so that their work is one transaction. It is opened at the
/// first use. A request never holds a second connection, so a small pool cannot deadlock (design, 'Inside, decided').
/// </summary>
public sealed class DatabaseSession(DatabasePools pools, ReplicaReads? replicas = null) : IAsyncDisposable
{
    private readonly SessionContexts contexts = new();
    private readonly List<Action> afterCommit = [];
    private readonly StandbyWarnings standby = new();
    private NpgsqlDataSource source = pools.Requests;
    private NpgsqlConnection? connection;
    private NpgsqlTransaction? transaction;
    private DatabaseTransaction? current;
    private EnclosingTransaction? enclosing;
    private int savepoints;

    /// <summary>The connection; it is not necessarily open.</summary>
    public NpgsqlConnection Connection => connection ??= Create();

    /// <summary>Whether the connection has been opened in this session.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>Whether a transaction is open, so that waiting would block other requests as well.</summary>
    public bool IsInTransaction => transaction is not null;

    /// <summary>
    /// Whether the answer to this request will be stored for repeated requests (<see cref="Idempotency.IdempotentWork"/>).
    /// </summary>
    public bool IsAnswerStored => enclosing is not null;

    /// <summary>Uses the connection pool of background services. Must be called before the session is used.</summary>
    public void UseBackgroundPool() => source = pools.Background;

    /// <summary>Makes a context use this session's connection and its transaction, if there is one.</summary>
    public TContext Join<TContext>(TContext context)
        where TContext : DbContext
    {
        contexts.Add(context, Connection, transaction);
        context.SavingChanges += (_, _) => ThrowIfOutsideTransaction();
        context.SavedChanges += (_, _) => ThrowIfNotReplicated();
        return context;
    }

    /// <summary>Runs the action after the commit of the outermost transaction, or immediately if there is no transaction.</summary>
    public void AfterCommit(Action action)
    {
        if (transaction is null)
        {
            action();
        }
        else
        {
            afterCommit.Add(action);
        }
    }

    /// <summary>
    /// Runs work on the open connection, inside the transaction if there is one. Otherwise the connection is closed again afterwards.
    /// </summary>
    public async Task<T> OnConnectionAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        if (Connection.State == ConnectionState.Open)
        {
            return await work(Connection);
        }

        await Connection.OpenAsync(cancellationToken);
        try
        {
            var result = await work(Connection);
            ThrowIfNotReplicated();
            return result;
        }
        finally
        {
            await Connection.CloseAsync();
        }
    }

    /// <summary>
    /// Begins a transaction for all contexts of the session. Inside another transaction it is a savepoint, so that a step can fail, for
    /// example because it lost a race, and the surrounding work continues. Throws if a context has unsaved changes when a savepoint begins.
    /// </summary>
    public async Task<DatabaseTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        if (current is null && enclosing is not null)
        {
            await enclosing.BeginAsync(cancellationToken);
        }

        return current is null ? await BeginOutermostAsync(cancellationToken) : await BeginSavepointAsync(current, cancellationToken);
    }

    /// <summary>
    /// Makes the session's first transaction begin inside another one, which the caller commits. <paramref name="afterBegin"/> runs at the
    /// beginning of that transaction, before anything else.
    /// </summary>
    public EnclosingTransaction Enclose(Func<CancellationToken, Task> afterBegin) => enclosing = new EnclosingTransaction(this, afterBegin);

    /// <summary>
    /// Whether a write needs <see cref="BeginAsync"/>, because it is part of a larger transaction. Otherwise a single statement or batch is
    /// a transaction by itself, in one round trip.
    /// </summary>
    public bool IsPartOfTransaction => transaction is not null || enclosing is not null;

    /// <summary>The replicas for reads (<see cref="ReplicaQueries"/>); null where only the session's connection may be used.</summary>
    internal ReplicaReads? Replicas => IsPartOfTransaction || source != pools.Requests ? null : replicas;

    /// <summary>
    /// Throws <see cref="NotReplicatedException"/> if the wait of a commit for its synchronous standby was cancelled. The session and its
    /// contexts check this themselves; only after <c>ExecuteUpdate</c> and similar EF queries the caller must.
    /// </summary>
    public void ThrowIfNotReplicated() => standby.ThrowIfAny();

    /// <summary>Clears the change trackers of all contexts. Long work calls this between its parts to keep memory use constant.</summary>
    public void ClearChangeTrackers() => contexts.ClearChangeTrackers();

    internal async Task<DatabaseTransaction> BeginOutermostAsync(CancellationToken cancellationToken)
    {
        await Connection.OpenAsync(cancellationToken);
        try
        {
            transaction = await Connection.BeginTransactionAsync(cancellationToken);
            await contexts.UseTransactionAsync(transaction, cancellationToken);
            return current = new DatabaseTransaction(this);
        }
        catch
        {
            await EndAsync();
            throw;
        }
    }

    /// <summary>See <see cref="DatabaseTransaction.CommitAsync(CancellationToken)"/>.</summary>
    internal async Task CommitAsync(DatabaseTransaction transactionToCommit, CancellationToken cancellationToken)
    {
        if (transactionToCommit != current)
        {
            throw new InvalidOperationException("This transaction has ended, or another one has been begun inside it and has not ended.");
        }

        if (transactionToCommit.Savepoint is { } savepoint)
        {
            await transaction!.ReleaseAsync(savepoint.Name, cancellationToken);
            transactionToCommit.HasEnded = true;
            current = savepoint.Outer;
            return;
        }

        await transaction!.CommitAsync(cancellationToken);
        ThrowIfNotReplicated();
        transactionToCommit.HasEnded = true;
        await EndAsync();
        Action[] actions = [.. afterCommit];
        afterCommit.Clear();
        foreach (var action in actions)
        {
            action();
        }
    }

    /// <summary>Rolls back a transaction that has not been committed, and all savepoints inside it.</summary>
    internal async Task RollbackAsync(DatabaseTransaction transactionToRollBack)
    {
        if (transactionToRollBack.Savepoint is not { } savepoint)
        {
            ClearChangeTrackers();
            afterCommit.Clear();
            await EndAsync();
            return;
        }

        current = savepoint.Outer;
        afterCommit.RemoveRange(savepoint.ActionsAfterCommit, afterCommit.Count - savepoint.ActionsAfterCommit);
        contexts.Restore(savepoint.Entities);
        if (Connection.State == ConnectionState.Open) // If the connection broke, the server has rolled back the whole transaction.
        {
            await transaction!.RollbackAsync(savepoint.Name, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    internal void EndEnclosing() => enclosing = null;

    // The change would be committed without the stored answer, and a repeated request would make it twice.
    private void ThrowIfOutsideTransaction()
    {
        if (enclosing is not null && transaction is null)
        {
            throw new InvalidOperationException("A request whose answer is stored saves inside a transaction.");
        }
    }

    private NpgsqlConnection Create()
    {
        var created = source.CreateConnection();
        standby.Listen(created);
        created.StateChange += (_, change) => WasUsed |= change.CurrentState == ConnectionState.Open;
        return created;
    }

    private async Task<DatabaseTransaction> BeginSavepointAsync(DatabaseTransaction outer, CancellationToken cancellationToken)
    {
        var savepoint = new Savepoint($"step_{++savepoints}", outer, contexts.TakeSnapshot(), afterCommit.Count);
        await transaction!.SaveAsync(savepoint.Name, cancellationToken);
        return current = new DatabaseTransaction(this, savepoint);
    }

    private async Task EndAsync()
    {
        var ended = transaction;
        (transaction, current) = (null, null);
        await contexts.LeaveTransactionAsync();
        if (ended is not null)
        {
            await ended.DisposeAsync(); // Rolls back if it was not committed.
        }

        await Connection.CloseAsync();
    }
}
