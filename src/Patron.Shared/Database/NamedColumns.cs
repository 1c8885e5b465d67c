using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Patron.Shared.Database;

/// <summary>Rows by hand-written SQL, where EF has no words for it, such as a lock.</summary>
public static class NamedColumns
{
    /// <summary>
    /// The rows of a table for which <paramref name="condition"/> (all that follows <c>FROM table</c>) holds. Its columns are named: with a star, a
    /// column that is added later would break the prepared statements of running processes.
    /// </summary>
    public static IQueryable<T> FromTable<T>(this DbSet<T> rows, FormattableString condition)
        where T : class
    {
        var table = StoreObjectIdentifier.Create(rows.EntityType, StoreObjectType.Table)!.Value;
        var columns = rows.EntityType.GetProperties().Select(property => property.GetColumnName(table));
        return rows.FromSql(FormattableStringFactory.Create($"SELECT {string.Join(", ", columns)} FROM {table.Schema}.{table.Name} {condition.Format}", condition.GetArguments()));
    }
}
