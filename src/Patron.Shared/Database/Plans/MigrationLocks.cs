namespace Patron.Shared.Database.Plans;

/// <summary>A table that others wait for while the migration works on many rows.</summary>
internal sealed record LongLock(string Table, LockMode Mode, RowWork Work);

/// <summary>The locks of a whole migration. They are held until it ends, so a short lock before long work is a long lock.</summary>
internal static class MigrationLocks
{
    /// <summary>The locks of each statement of a migration.</summary>
    public static IReadOnlyList<StatementLocks> Read(Migration migration) =>
        [.. SqlStatements.Split(migration.Sql).Select(StatementReader.Read)];

    /// <summary>
    /// The tables that are locked for longer the more rows they or others have: they are locked against readers or writers by the statement
    /// that reads or rewrites many rows, or by one before it. A statement that changes many rows keeps those locked.
    /// </summary>
    /// <param name="locks">Of all statements, in their order.</param>
    /// <param name="isBig">Whether a table has many rows.</param>
    public static IReadOnlyList<LongLock> FindLong(IReadOnlyList<StatementLock> locks, Func<string, bool> isBig)
    {
        var found = new List<LongLock>();
        var isLong = false;
        for (var at = locks.Count - 1; at >= 0; at--)
        {
            var taken = locks[at];
            isLong |= taken.Work != RowWork.None && isBig(taken.Name);
            if (isBig(taken.Name) && (taken.Work == RowWork.Changes || (taken.Blocks && isLong)))
            {
                found.Insert(0, new LongLock(taken.Name, taken.Mode, taken.Work));
            }
        }

        return found;
    }
}
