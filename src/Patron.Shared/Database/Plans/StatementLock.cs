namespace Patron.Shared.Database.Plans;

/// <summary>
/// The locks of tables, from the weakest to the strongest (PostgreSQL's documentation, 13.3.1).
/// </summary>
internal enum LockMode
{
    /// <summary>Of statements that read rows.</summary>
    AccessShare,

    /// <summary>Of statements that write rows. Nobody who reads or writes waits for it.</summary>
    RowExclusive,

    /// <summary>Nobody who reads or writes waits for it.</summary>
    ShareUpdateExclusive,

    /// <summary>Writers wait.</summary>
    Share,

    /// <summary>Writers wait.</summary>
    ShareRowExclusive,

    /// <summary>Writers wait.</summary>
    Exclusive,

    /// <summary>Writers and readers wait.</summary>
    AccessExclusive,
}

/// <summary>
/// What a statement does to the rows of the table that it locks. Anything but <see cref="None"/> takes longer with more rows.
/// </summary>
internal enum RowWork
{
    None,
    Reads,
    Rewrites,

    /// <summary>The changed rows stay locked until the migration ends.</summary>
    Changes,
}

/// <summary>How the locked table is found from the name that the statement contains.</summary>
internal enum LockTarget
{
    /// <summary>The name is that of the table or view.</summary>
    Table,

    /// <summary>The name is that of an index; its table is locked.</summary>
    TableOfIndex,

    /// <summary>The name is that of a table that goes away; what its foreign keys point to is locked, too.</summary>
    ReferencedTables,
}

/// <summary>One lock of one statement.</summary>
/// <param name="Name">With its schema.</param>
/// <param name="Constraint">With <see cref="LockTarget.ReferencedTables"/>: only this foreign key.</param>
internal sealed record StatementLock(
    string Name, LockMode Mode, RowWork Work = RowWork.None, LockTarget Target = LockTarget.Table, string? Constraint = null)
{
    /// <summary>Whether somebody who only reads or writes rows waits for it.</summary>
    public bool Blocks => Mode >= LockMode.Share;
}

/// <summary>The locks of a statement, and a sentence if its text does not say all of them.</summary>
internal sealed record StatementLocks(IReadOnlyList<StatementLock> Locks, string? Unknown = null);
