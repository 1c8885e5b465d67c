using System.Text.RegularExpressions;

namespace Patron.Shared.Database.Plans;

/// <summary>
/// Reads from the text of a statement which tables it locks, as PostgreSQL's documentation says for each kind of statement. A test runs all
/// migrations and compares with the locks that the server shows.
/// </summary>
internal static partial class StatementReader
{
    private const string Harmless =
        "CREATE (SCHEMA|EXTENSION|SEQUENCE|TYPE|DOMAIN)|CREATE (OR REPLACE )?(FUNCTION|PROCEDURE|AGGREGATE)|(ALTER|DROP) FUNCTION"
        + "|GRANT|REVOKE|COMMENT|SET|ALTER INDEX";

    /// <summary>The locks of one statement.</summary>
    public static StatementLocks Read(string statement)
    {
        var text = Spaces().Replace(statement, " ").Trim();
        if (text.StartsWith("DO ", StringComparison.OrdinalIgnoreCase))
        {
            return ReadBlock(text);
        }

        if (TryRead(text) is not { } locks)
        {
            return new StatementLocks([], $"It contains a statement that the plan doesn't know: {text[..Math.Min(text.Length, 60)]}");
        }

        return FunctionCall().Match(text) is { Success: true } call
            ? new StatementLocks(locks, $"It calls {call.Groups["function"].Value}, whose locks its text doesn't say.")
            : new StatementLocks(locks);
    }

    private static IReadOnlyList<StatementLock>? TryRead(string text)
    {
        if (AlterTable().Match(text) is { Success: true } alter)
        {
            return [.. AlterTableReader.Read(alter.Groups["table"].Value, alter.Groups["actions"].Value)];
        }

        foreach (var (pattern, mode, work) in Kinds)
        {
            if (pattern.Match(text) is { Success: true } match)
            {
                return [.. Locks(match, mode, work), .. References(text), .. mode == LockMode.RowExclusive ? Sources(text) : []];
            }
        }

        if (Select().IsMatch(text))
        {
            return [.. Sources(text)];
        }

        return CreateTable().IsMatch(text) || HarmlessStatement().IsMatch(text) ? [.. References(text)] : null;
    }

    // From the special to the general.
    private static readonly (Regex Pattern, LockMode Mode, RowWork Work)[] Kinds =
    [
        (CreateIndexConcurrently(), LockMode.ShareUpdateExclusive, RowWork.Reads),
        (CreateIndexOnly(), LockMode.Share, RowWork.None),
        (CreateIndex(), LockMode.Share, RowWork.Reads),
        (DropIndexConcurrently(), LockMode.ShareUpdateExclusive, RowWork.None),
        (DropIndex(), LockMode.AccessExclusive, RowWork.None),
        (CreateTrigger(), LockMode.ShareRowExclusive, RowWork.None),
        (CreatePartition(), LockMode.AccessExclusive, RowWork.None),
        (DropTrigger(), LockMode.AccessExclusive, RowWork.None),
        (DropRelation(), LockMode.AccessExclusive, RowWork.None),
        (ReplaceView(), LockMode.AccessExclusive, RowWork.None),
        (LockTable(), LockMode.AccessExclusive, RowWork.None),
        (Truncate(), LockMode.AccessExclusive, RowWork.None),
        (Reorganize(), LockMode.AccessExclusive, RowWork.Rewrites),
        (Analyze(), LockMode.ShareUpdateExclusive, RowWork.None),
        (ChangeRows(), LockMode.RowExclusive, RowWork.Changes),
        (Insert(), LockMode.RowExclusive, RowWork.None),
    ];

    private static IEnumerable<StatementLock> Locks(Match match, LockMode mode, RowWork work)
    {
        if (match.Groups["mode"] is { Success: true } named)
        {
            mode = Enum.Parse<LockMode>(named.Value.Replace(" ", "", StringComparison.Ordinal), ignoreCase: true);
        }

        foreach (var name in match.Groups["index"].Success ? SqlStatements.SplitAtCommas(match.Groups["index"].Value) : [])
        {
            yield return new StatementLock(name, mode, work, LockTarget.TableOfIndex);
        }

        foreach (var name in match.Groups["table"].Success ? SqlStatements.SplitAtCommas(match.Groups["table"].Value) : [])
        {
            yield return new StatementLock(name, mode, work);
            if (match.Groups["drop"].Success)
            {
                yield return new StatementLock(name, mode, work, LockTarget.ReferencedTables);
            }
        }
    }

    // A foreign key puts triggers on the table that it points to.
    internal static IEnumerable<StatementLock> References(string text) => Referenced().Matches(text)
        .Select(match => new StatementLock(match.Groups["table"].Value, LockMode.ShareRowExclusive));

    // What a statement reads can have many rows, even if it writes few.
    private static IEnumerable<StatementLock> Sources(string text) => Source().Matches(text)
        .Select(match => new StatementLock(match.Groups["table"].Value, LockMode.AccessShare, RowWork.Reads));

    // The statements that a block may run, also those that it puts together from texts.
    private static StatementLocks ReadBlock(string text)
    {
        var locks = BlockStatement().Matches(text).SelectMany(match => TryRead(match.Groups["statement"].Value) ?? []).ToList();
        return new StatementLocks(locks, "It contains a DO block, whose text doesn't say all of its locks.");
    }

    private const string Name = @"[\w.""]+";
    private const string Names = @"[\w."", ]+?";
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    [GeneratedRegex(@"\s+", Options)]
    private static partial Regex Spaces();

    [GeneratedRegex($"^ALTER (TABLE|VIEW) (IF EXISTS )?(ONLY )?(?<table>{Name}) (?<actions>.+)$", Options)]
    private static partial Regex AlterTable();

    [GeneratedRegex($"^CREATE (UNLOGGED )?TABLE ", Options)]
    private static partial Regex CreateTable();

    [GeneratedRegex($"^CREATE (UNLOGGED )?TABLE .+ PARTITION OF (?<table>{Name})", Options)]
    private static partial Regex CreatePartition();

    [GeneratedRegex($"^CREATE (UNIQUE )?INDEX CONCURRENTLY (IF NOT EXISTS )?{Name} ON (ONLY )?(?<table>{Name})", Options)]
    private static partial Regex CreateIndexConcurrently();

    [GeneratedRegex($"^CREATE (UNIQUE )?INDEX (IF NOT EXISTS )?{Name} ON ONLY (?<table>{Name})", Options)]
    private static partial Regex CreateIndexOnly();

    [GeneratedRegex($"^CREATE (UNIQUE )?INDEX (IF NOT EXISTS )?{Name} ON (?<table>{Name})", Options)]
    private static partial Regex CreateIndex();

    [GeneratedRegex($"^DROP INDEX CONCURRENTLY (IF EXISTS )?(?<index>{Names})( CASCADE)?$", Options)]
    private static partial Regex DropIndexConcurrently();

    [GeneratedRegex($"^DROP INDEX (IF EXISTS )?(?<index>{Names})( CASCADE)?$", Options)]
    private static partial Regex DropIndex();

    [GeneratedRegex($"^CREATE (OR REPLACE )?(CONSTRAINT )?TRIGGER .+? ON (?<table>{Name}) ", Options)]
    private static partial Regex CreateTrigger();

    [GeneratedRegex($"^DROP TRIGGER .+? ON (?<table>{Name})", Options)]
    private static partial Regex DropTrigger();

    [GeneratedRegex($"^(?<drop>DROP) (TABLE|VIEW) (IF EXISTS )?(?<table>{Names})( CASCADE)?$", Options)]
    private static partial Regex DropRelation();

    [GeneratedRegex($"^CREATE (OR REPLACE )?VIEW (?<table>{Name}) ", Options)]
    private static partial Regex ReplaceView();

    [GeneratedRegex($"^LOCK (TABLE )?(ONLY )?(?<table>{Names})( IN (?<mode>[A-Z ]+) MODE)?( NOWAIT)?$", Options)]
    private static partial Regex LockTable();

    [GeneratedRegex($"^TRUNCATE (TABLE )?(?<table>{Names})( CASCADE| RESTART IDENTITY)*$", Options)]
    private static partial Regex Truncate();

    [GeneratedRegex($"^(CLUSTER|VACUUM FULL|REINDEX TABLE|REFRESH MATERIALIZED VIEW) (?<table>{Name})", Options)]
    private static partial Regex Reorganize();

    [GeneratedRegex($"^(ANALYZE|VACUUM)( \\(.*?\\)| ANALYZE)? (?<table>{Name})", Options)]
    private static partial Regex Analyze();

    [GeneratedRegex($"^(WITH .+ )?(UPDATE|DELETE FROM|MERGE INTO) (ONLY )?(?<table>{Name}) ?", Options)]
    private static partial Regex ChangeRows();

    [GeneratedRegex($"^(WITH .+ )?INSERT INTO (?<table>{Name}) ?", Options)]
    private static partial Regex Insert();

    [GeneratedRegex($"^({Harmless})\\b", Options)]
    private static partial Regex HarmlessStatement();

    [GeneratedRegex("^(WITH .+ )?SELECT\\b", Options)]
    private static partial Regex Select();

    [GeneratedRegex(@"\b(FROM|JOIN|USING) (?<table>\w+\.\w+)", Options)]
    private static partial Regex Source();

    [GeneratedRegex($@"^SELECT (?<function>\w+\.\w+) ?\(", Options)]
    private static partial Regex FunctionCall();

    [GeneratedRegex($@"\bREFERENCES (?<table>{Name})", Options)]
    private static partial Regex Referenced();

    [GeneratedRegex(
        @"\b(?<statement>(ALTER TABLE|CREATE (UNIQUE )?INDEX|DROP INDEX|DROP TABLE|LOCK TABLE|CREATE TABLE|UPDATE|DELETE FROM) [^;$]+)",
        Options)]
    private static partial Regex BlockStatement();
}
