using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Patron.Shared.Database;

/// <summary>
/// What contexts track at a savepoint, with its values. When the savepoint is rolled back, the entities are as they were: the code around it goes on
/// with those it has loaded, and saves them.
/// </summary>
internal sealed class TrackedEntities
{
    private readonly List<(DbContext Context, object Entity, PropertyValues Values)> entities = [];

    /// <summary>Throws where something is not saved yet: a rollback could neither keep it nor undo it.</summary>
    public static TrackedEntities Of(IEnumerable<DbContext> contexts)
    {
        var tracked = new TrackedEntities();
        foreach (var context in contexts)
        {
            foreach (var entry in context.ChangeTracker.Entries())
            {
                if (entry.State != EntityState.Unchanged)
                {
                    throw new InvalidOperationException($"{entry.Metadata.DisplayName()} has unsaved changes. Save them before you begin an inner transaction.");
                }

                tracked.entities.Add((context, entry.Entity, entry.CurrentValues.Clone()));
            }
        }

        return tracked;
    }

    /// <summary>Lets the contexts track these entities again, as they were, and nothing else.</summary>
    public void Restore(IEnumerable<DbContext> contexts)
    {
        foreach (var context in contexts)
        {
            context.ChangeTracker.Clear();
        }

        foreach (var (context, entity, values) in entities)
        {
            var entry = context.Entry(entity);
            entry.CurrentValues.SetValues(values);
            entry.State = EntityState.Unchanged;
        }
    }
}
