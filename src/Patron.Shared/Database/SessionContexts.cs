using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>The EF contexts of a <see cref="DatabaseSession"/>. They share its connection and its transaction.</summary>
internal sealed class SessionContexts
{
    private readonly List<DbContext> contexts = [];

    public void Add(DbContext context, NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        context.Database.SetDbConnection(connection);
        if (transaction is not null)
        {
            context.Database.UseTransaction(transaction);
        }

        contexts.Add(context);
    }

    public async Task UseTransactionAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var context in contexts)
        {
            await context.Database.UseTransactionAsync(transaction, cancellationToken);
        }
    }

    /// <summary>Removes the transaction, which has ended, from the contexts.</summary>
    public async Task LeaveTransactionAsync()
    {
        foreach (var context in contexts)
        {
            // UseTransaction(null) would leave EF's count of open connections one too high. A pooled context keeps that count for its next
            // lease, and then a query leaves the connection open.
            if (context.Database.CurrentTransaction is { } transaction)
            {
                await transaction.DisposeAsync();
            }
        }
    }

    public void ClearChangeTrackers()
    {
        foreach (var context in contexts)
        {
            context.ChangeTracker.Clear();
        }
    }

    /// <summary>
    /// The tracked entities with their values. Throws if there are unsaved changes, which a rollback could neither keep nor undo.
    /// </summary>
    public EntitySnapshot TakeSnapshot()
    {
        var entities = new List<(DbContext Context, object Entity, PropertyValues Values)>();
        foreach (var context in contexts)
        {
            foreach (var entry in context.ChangeTracker.Entries())
            {
                if (entry.State != EntityState.Unchanged)
                {
                    throw new InvalidOperationException(
                        $"{entry.Metadata.DisplayName()} has unsaved changes. Save them before you begin an inner transaction.");
                }

                entities.Add((context, entry.Entity, entry.CurrentValues.Clone()));
            }
        }

        return new EntitySnapshot(entities);
    }

    /// <summary>Tracks the entities of the snapshot again, with their values, and nothing else.</summary>
    public void Restore(EntitySnapshot snapshot)
    {
        ClearChangeTrackers();
        foreach (var (context, entity, values) in snapshot.Entities)
        {
            var entry = context.Entry(entity);
            entry.CurrentValues.SetValues(values);
            entry.State = EntityState.Unchanged;
        }
    }
}

/// <summary>
/// The entities tracked at a savepoint, with their values. A rollback to the savepoint restores them, so that the surrounding code can go
/// on with the entities it has loaded.
/// </summary>
internal sealed record EntitySnapshot(IReadOnlyList<(DbContext Context, object Entity, PropertyValues Values)> Entities);
