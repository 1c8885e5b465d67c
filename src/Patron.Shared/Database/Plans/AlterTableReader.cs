using System.Text.RegularExpressions;

namespace Patron.Shared.Database.Plans;

/// <summary>The locks of ALTER TABLE. Each action has its own; the statement takes the strongest of them at once.</summary>
internal static partial class AlterTableReader
{
    /// <summary>The locks of a statement on this table with these actions, which are separated by commas.</summary>
    public static IEnumerable<StatementLock> Read(string table, string actions)
    {
        var all = SqlStatements.SplitAtCommas(actions).Select(action => ReadAction(table, action)).ToList();
        yield return new StatementLock(table, all.Max(action => action.Mode), all.Max(action => action.Work));
        foreach (var other in all.SelectMany(action => action.Others))
        {
            yield return other;
        }
    }

    private static (LockMode Mode, RowWork Work, IEnumerable<StatementLock> Others) ReadAction(string table, string action)
    {
        var isProven = NotValid().IsMatch(action);
        if (ForeignKey().IsMatch(action))
        {
            return (LockMode.ShareRowExclusive, isProven ? RowWork.None : RowWork.Reads, StatementReader.References(action));
        }

        if (DropConstraint().Match(action) is { Success: true } dropped)
        {
            var constraint = dropped.Groups["name"].Value;
            return (LockMode.AccessExclusive, RowWork.None,
                [new StatementLock(table, LockMode.AccessExclusive, RowWork.None, LockTarget.ReferencedTables, constraint)]);
        }

        if (AttachPartition().Match(action) is { Success: true } attached)
        {
            // The rows are read unless a constraint proves the bounds, which the text doesn't say.
            return (LockMode.ShareUpdateExclusive, RowWork.None,
                [new StatementLock(attached.Groups["table"].Value, LockMode.AccessExclusive, RowWork.Reads)]);
        }

        return (ModeOf(action), isProven ? RowWork.None : WorkOf(action), StatementReader.References(action));
    }

    private static LockMode ModeOf(string action) => action switch
    {
        _ when Validate().IsMatch(action) || Quiet().IsMatch(action) => LockMode.ShareUpdateExclusive,
        _ when SwitchTrigger().IsMatch(action) => LockMode.ShareRowExclusive,
        _ => LockMode.AccessExclusive,
    };

    private static RowWork WorkOf(string action) => action switch
    {
        _ when Rewriting().IsMatch(action) || HasVolatileDefault(action) => RowWork.Rewrites,
        _ when Reading().IsMatch(action) && !UsingIndex().IsMatch(action) => RowWork.Reads,
        _ => RowWork.None,
    };

    // PostgreSQL keeps a default of an added column once for all rows if it is computed once. Functions are taken as volatile, except for
    // the time of the transaction.
    private static bool HasVolatileDefault(string action) =>
        AddedDefault().Match(action) is { Success: true } added && Call().IsMatch(added.Groups["value"].Value)
        && !added.Groups["value"].Value.StartsWith("now()", StringComparison.OrdinalIgnoreCase);

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;
    private const string AddColumn = "^ADD (COLUMN )?(IF NOT EXISTS )?";

    [GeneratedRegex(@"\bNOT VALID$", Options)]
    private static partial Regex NotValid();

    [GeneratedRegex(@"^ADD (CONSTRAINT \w+ )?FOREIGN KEY\b", Options)]
    private static partial Regex ForeignKey();

    [GeneratedRegex(@"^DROP CONSTRAINT (IF EXISTS )?(?<name>\w+)", Options)]
    private static partial Regex DropConstraint();

    [GeneratedRegex(@"^ATTACH PARTITION (?<table>[\w.""]+)", Options)]
    private static partial Regex AttachPartition();

    [GeneratedRegex("^VALIDATE CONSTRAINT", Options)]
    private static partial Regex Validate();

    [GeneratedRegex(
        @"^(SET \(|RESET \(|CLUSTER ON|SET WITHOUT CLUSTER|DETACH PARTITION .*CONCURRENTLY|ALTER (COLUMN )?\w+ SET STATISTICS)", Options)]
    private static partial Regex Quiet();

    [GeneratedRegex("^(ENABLE|DISABLE) (ALWAYS |REPLICA )?TRIGGER", Options)]
    private static partial Regex SwitchTrigger();

    [GeneratedRegex(
        @$"({AddColumn}.*\b(GENERATED (ALWAYS|BY DEFAULT) AS|(big|small)?serial)\b"
        + @"|^ALTER (COLUMN )?\w+ (SET DATA )?TYPE\b|^SET (LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)\b)", Options)]
    private static partial Regex Rewriting();

    [GeneratedRegex(
        @$"(^ALTER (COLUMN )?\w+ SET NOT NULL\b|{AddColumn}.*\b(CHECK|UNIQUE|PRIMARY KEY|EXCLUDE)\b|^ADD CONSTRAINT|^VALIDATE CONSTRAINT)",
        Options)]
    private static partial Regex Reading();

    [GeneratedRegex(@"\bUSING INDEX\b", Options)]
    private static partial Regex UsingIndex();

    [GeneratedRegex(@$"{AddColumn}.*? DEFAULT (?<value>.+)$", Options)]
    private static partial Regex AddedDefault();

    [GeneratedRegex(@"^[\w.]+ ?\(", Options)]
    private static partial Regex Call();
}
