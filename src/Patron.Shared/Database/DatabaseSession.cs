using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Patron.Shared.Results;

namespace Patron.Shared.Database;

/// <summary>
/// One request's connection, shared by the contexts of all modules so that their work is one transaction. It is opened
/// late and a request never holds a second one: a small pool cannot deadlock (design, 'Inside, decided').
/// </summary>
public sealed class DatabaseSession(DatabasePools pools) : IAsyncDisposable
{
    private readonly List<DbContext> contexts = [];
    private readonly List<Action> afterCommit = [];
    private readonly StandbyWarnings standby = new();
    private NpgsqlDataSource source = pools.Requests;
    private NpgsqlConnection? connection;
    private NpgsqlTransaction? transaction;
    private DatabaseTransaction? current;
    private EnclosingTransaction? enclosing;
    private int savepoints;

    /// <summary>The connection, not necessarily open.</summary>
    public NpgsqlConnection Connection => connection ??= Create();

    /// <summary>Whether anything has been asked of the database in this session.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>Whether a transaction runs, so that what is waited for holds up others too.</summary>
    public bool IsInTransaction => transaction is not null;

    /// <summary>Whether the answer to this request is going to be stored, to be repeated (<see cref="Idempotency.IdempotentWork"/>).</summary>
    public bool IsAnswerStored => enclosing is not null;

    /// <summary>Takes the connection from the pool of background services. Before the session is used.</summary>
    public void UseBackgroundPool() => source = pools.Background;

    /// <summary>Puts a context on this session's connection and into its transaction, where one runs.</summary>
    public TContext Join<TContext>(TContext context)
        where TContext : DbContext
    {
        context.Database.SetDbConnection(Connection);
        if (transaction is not null)
        {
            context.Database.UseTransaction(transaction);
        }

        context.SavingChanges += (_, _) => ThrowIfOutsideTransaction();
        context.SavedChanges += (_, _) => ThrowIfNotReplicated();
        contexts.Add(context);
        return context;
    }

    /// <summary>Runs when the outermost transaction has been committed; at once where none runs.</summary>
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

    /// <summary>Runs SQL on the open connection, inside the transaction where one runs; outside of one the connection is given back at once.</summary>
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
    /// Begins a transaction of all contexts of the session; inside another one a savepoint, so that a step can fail, for example lose a race, and
    /// the work around it goes on. Everything has been saved before a savepoint is begun, else it throws.
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
    /// Lets the session's first transaction begin inside another one, which the caller commits; <paramref name="afterBegin"/> runs when it has
    /// begun, before anything else in it.
    /// </summary>
    public EnclosingTransaction Enclose(Func<CancellationToken, Task> afterBegin) => enclosing = new EnclosingTransaction(this, afterBegin);

    /// <summary>
    /// Whether what is written now needs <see cref="BeginAsync"/>, because it is a part of something larger. Else a single statement or batch is a
    /// transaction by itself, in one round trip.
    /// </summary>
    public bool IsPartOfTransaction => transaction is not null || enclosing is not null;

    /// <summary>
    /// Throws <see cref="NotReplicatedException"/> where a commit of this session did not wait for its synchronous standby to the end. Whatever goes through
    /// this session or is saved by its contexts asks by itself; a writing query that EF runs alone asks afterwards.
    /// </summary>
    public void ThrowIfNotReplicated() => standby.ThrowIfAny();

    /// <summary>Lets all contexts forget what they have read and saved: between the parts of a long work, so that memory stays flat.</summary>
    public void ForgetChanges()
    {
        foreach (var context in contexts)
        {
            context.ChangeTracker.Clear();
        }
    }

    internal async Task<DatabaseTransaction> BeginOutermostAsync(CancellationToken cancellationToken)
    {
        await Connection.OpenAsync(cancellationToken);
        try
        {
            transaction = await Connection.BeginTransactionAsync(cancellationToken);
            await EnlistAsync(transaction, cancellationToken);
            return current = new DatabaseTransaction(this);
        }
        catch
        {
            await EndAsync();
            throw;
        }
    }

    /// <summary>See <see cref="DatabaseTransaction.CommitAsync(CancellationToken)"/>.</summary>
    internal async Task CommitAsync(DatabaseTransaction committed, CancellationToken cancellationToken)
    {
        if (committed != current)
        {
            throw new InvalidOperationException("This transaction has ended, or another one has been begun inside it and has not ended.");
        }

        if (committed.Savepoint is { } savepoint)
        {
            await transaction!.ReleaseAsync(savepoint.Name, cancellationToken);
            committed.HasEnded = true;
            current = savepoint.Outer;
            return;
        }

        await transaction!.CommitAsync(cancellationToken);
        ThrowIfNotReplicated();
        committed.HasEnded = true;
        await EndAsync();
        Action[] actions = [.. afterCommit];
        afterCommit.Clear();
        foreach (var action in actions)
        {
            action();
        }
    }

    /// <summary>Undoes a transaction that has not been committed, and what is still open inside it.</summary>
    internal async Task UndoAsync(DatabaseTransaction undone)
    {
        if (undone.Savepoint is not { } savepoint)
        {
            ForgetChanges();
            afterCommit.Clear();
            await EndAsync();
            return;
        }

        current = savepoint.Outer;
        afterCommit.RemoveRange(savepoint.ActionsAfterCommit, afterCommit.Count - savepoint.ActionsAfterCommit);
        savepoint.Tracked.Restore(contexts);
        if (Connection.State == ConnectionState.Open) // A connection that broke has lost the transaction around it too.
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

    // It would be committed without the answer, and be done twice when the request is repeated.
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
        var savepoint = new Savepoint($"step_{++savepoints}", outer, TrackedEntities.Of(contexts), afterCommit.Count);
        await transaction!.SaveAsync(savepoint.Name, cancellationToken);
        return current = new DatabaseTransaction(this, savepoint);
    }

    private async Task EnlistAsync(NpgsqlTransaction begun, CancellationToken cancellationToken)
    {
        foreach (var context in contexts)
        {
            await context.Database.UseTransactionAsync(begun, cancellationToken);
        }
    }

    private async Task EndAsync()
    {
        var ended = transaction;
        (transaction, current) = (null, null);
        foreach (var context in contexts)
        {
            // Not UseTransaction(null): that leaves EF's count of openings one too high, in a pooled context for all later leases,
            // and the next query would leave the connection open behind it.
            if (context.Database.CurrentTransaction is { } used)
            {
                await used.DisposeAsync();
            }
        }

        if (ended is not null)
        {
            await ended.DisposeAsync(); // Rolls back what was not committed.
        }

        await Connection.CloseAsync();
    }
}
