using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Patron.Shared.Database;

/// <summary>Queries with hand-written SQL for what LINQ cannot express, such as row locks.</summary>
public static class DbSetExtensions
{
    /// <summary>
    /// The rows of a table that match <paramref name="condition"/>, the SQL after <c>FROM table</c>. The columns are listed by name: with
    /// <c>SELECT *</c>, adding a column would break the prepared statements of running processes.
    /// </summary>
    public static IQueryable<T> FromTable<T>(this DbSet<T> rows, FormattableString condition)
        where T : class
    {
        var table = StoreObjectIdentifier.Create(rows.EntityType, StoreObjectType.Table)!.Value;
        var columns = rows.EntityType.GetProperties().Select(property => property.GetColumnName(table));
        return rows.FromSql(
            FormattableStringFactory.Create(
                $"SELECT {string.Join(", ", columns)} FROM {table.Schema}.{table.Name} {condition.Format}", condition.GetArguments()));
    }
}
