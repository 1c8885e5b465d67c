using System.Text.RegularExpressions;
using Patron.Hosting;
using Patron.Shared;
using Patron.Shared.Database;
using Patron.Shared.Database.Plans;

namespace Patron.UnitTests.Upgrades;

/// <summary>
/// The rules of new migrations (decision 0025): each says whether older programs can go on, and none holds a lock on a big table while it
/// works on many rows.
/// </summary>
public sealed partial class MigrationFileTests
{
    // The last migration of each module that is older than these rules.
    private static readonly Dictionary<string, int> LastWithoutRules = new(StringComparer.Ordinal)
    {
        ["shared"] = 11, ["accounts"] = 15, ["customers"] = 27, ["erp"] = 4,
    };

    // Tables that have a row, or more, for each customer, account, sign-in, change or mail.
    private static readonly HashSet<string> BigTables = new(StringComparer.OrdinalIgnoreCase)
    {
        "shared.audit_entries", "shared.mail_log", "shared.inbox_items", "accounts.users", "accounts.sessions", "accounts.memberships",
        "accounts.profiles", "accounts.last_sign_ins", "accounts.activation_challenges", "accounts.activation_invitations", "customers.customers",
        "customers.consents", "customers.addresses", "customers.absorbed", "customers.merges", "customers.merge_rows", "customers.job_rows",
        "customers.match_keys", "customers.duplicate_pairs", "customers.offers", "customers.change_requests", "customers.comments", "erp.partners",
        "erp.readings", "erp.dashboards",
    };

    private static readonly List<Migration> All = [.. PatronServices.MigrationSets(ProcessRole.All).SelectMany(set => set.Load())];

    public static TheoryData<string> New => [.. All.Where(migration => migration.Number > LastWithoutRules[migration.Module]).Select(migration => migration.FullName)];

    [Theory]
    [MemberData(nameof(New))]
    public void New_migration_says_first_whether_older_programs_can_go_on(string name) =>
        Assert.True(Find(name).NamesKind, "The first line of the file is neither '-- expand' nor '-- contract'.");

    [Theory]
    [MemberData(nameof(New))]
    public void New_migration_holds_no_lock_on_a_big_table_while_it_works_on_many_rows(string name)
    {
        var statements = MigrationLocks.Read(Find(name));

        Assert.Empty(MigrationLocks.FindLong([.. statements.SelectMany(statement => statement.Locks)], BigTables.Contains));
        Assert.Empty(statements.Select(statement => statement.Unknown).OfType<string>());
    }

    [Fact]
    public void New_migrations_that_say_expand_take_nothing_away() => Assert.All(
        All.Where(migration => migration.Number > LastWithoutRules[migration.Module] && migration.Kind == MigrationKind.Expand),
        migration => Assert.DoesNotContain(SqlStatements.Split(migration.Sql), TakesAway));

    [Theory]
    [InlineData("DROP TABLE customers.segments", true)]
    [InlineData("ALTER TABLE customers.segments RENAME COLUMN name TO title", true)]
    [InlineData("ALTER TABLE customers.segments ADD COLUMN a int NOT NULL DEFAULT 0, DROP COLUMN name", true)]
    [InlineData("ALTER TABLE customers.segments ADD COLUMN a int NOT NULL, ADD COLUMN b int DEFAULT 0", true)]
    [InlineData("ALTER TABLE customers.segments ALTER COLUMN name SET NOT NULL", true)]
    [InlineData("ALTER TABLE customers.segments ADD COLUMN a int NOT NULL DEFAULT 0, ADD COLUMN b int", false)]
    [InlineData("ALTER TABLE customers.segments DROP CONSTRAINT ck_segments_name", false)]
    public void What_older_programs_would_miss_is_found(string statement, bool takesAway) => Assert.Equal(takesAway, TakesAway(statement));

    [Theory]
    [InlineData("CREATE INDEX ix ON customers.customers (name);")]
    [InlineData("CREATE UNIQUE INDEX IF NOT EXISTS ix ON accounts.users USING btree (email) WHERE email IS NOT NULL;")]
    [InlineData("ALTER TABLE customers.customers ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();")]
    [InlineData("ALTER TABLE customers.customers ADD COLUMN folded text GENERATED ALWAYS AS (lower(name)) STORED;")]
    [InlineData("ALTER TABLE customers.customers ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;")]
    [InlineData("ALTER TABLE customers.customers ALTER COLUMN id TYPE numeric;")]
    [InlineData("ALTER TABLE customers.customers ALTER COLUMN gender SET NOT NULL;")]
    [InlineData("ALTER TABLE customers.customers ADD CONSTRAINT ck CHECK (gender <> '');")]
    [InlineData("ALTER TABLE customers.customers ADD COLUMN size int CHECK (size > 0);")]
    [InlineData("ALTER TABLE erp.partners ADD CONSTRAINT fk FOREIGN KEY (customer_uid) REFERENCES customers.customers (uid);")]
    [InlineData("ALTER TABLE customers.addresses ADD CONSTRAINT ux UNIQUE (uid, type);")]
    [InlineData("UPDATE customers.customers SET name = btrim(name);")]
    [InlineData("WITH old AS (SELECT 1) DELETE FROM accounts.sessions WHERE ended_at < now();")]
    [InlineData("VACUUM FULL customers.customers;")]
    [InlineData("/* first */ ALTER TABLE customers.customers ADD COLUMN a int; -- held until the end\nUPDATE accounts.users SET language = 'en';")]
    [InlineData("CREATE TABLE accounts.days (user_id uuid REFERENCES accounts.users (id)); INSERT INTO accounts.days SELECT user_id FROM accounts.sessions;")]
    public void Dangerous_statement_on_a_big_table_is_found(string sql) => Assert.NotEmpty(FindLong(sql));

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY ix ON customers.customers (name);")]
    [InlineData("CREATE INDEX ix ON customers.segments (name);")]
    [InlineData("CREATE INDEX ix ON ONLY shared.audit_entries (at);")]
    [InlineData("ALTER TABLE customers.customers ADD COLUMN size int, ADD COLUMN is_new boolean NOT NULL DEFAULT false;")]
    [InlineData("ALTER TABLE customers.customers ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now();")]
    [InlineData("ALTER TABLE customers.customers ADD CONSTRAINT ck CHECK (gender <> '') NOT VALID;")]
    [InlineData("ALTER TABLE customers.customers VALIDATE CONSTRAINT ck;")]
    [InlineData("ALTER TABLE erp.partners ADD CONSTRAINT fk FOREIGN KEY (customer_uid) REFERENCES customers.customers (uid) NOT VALID;")]
    [InlineData("ALTER TABLE customers.addresses ADD CONSTRAINT ux UNIQUE USING INDEX ux_new;")]
    [InlineData("ALTER TABLE customers.customers DROP COLUMN notes;")]
    [InlineData("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE customers.customers SET name = ''; END $$;")]
    [InlineData("INSERT INTO shared.background_migrations (name) VALUES ('UPDATE customers.customers; ');")]
    [InlineData("INSERT INTO accounts.figures SELECT 'sign_ins', current_date, count(*) FROM accounts.sessions;")]
    public void Quick_statement_on_a_big_table_is_allowed(string sql) => Assert.Empty(FindLong(sql));

    [Theory]
    [InlineData("new", true)]
    [InlineData("old", true)]
    [InlineData("older", true)]
    [InlineData("ol", false)]
    [InlineData("other", false)]
    public void Checksum_of_a_superseded_file_is_accepted(string checksum, bool isAccepted) => Assert.Equal(
        isAccepted, new Migration("customers", 1, "0001_test", "-- supersedes old: slow\n-- supersedes older: wrong\nSELECT 1;\n-- supersedes other: late", "new").Accepts(checksum));

    private static Migration Find(string name) => All.Single(migration => migration.FullName == name);

    private static IReadOnlyList<LongLock> FindLong(string sql)
    {
        var statements = MigrationLocks.Read(new Migration("customers", 99, "0099_test", sql, ""));
        Assert.All(statements, statement => Assert.Null(statement.Unknown));
        return MigrationLocks.FindLong([.. statements.SelectMany(statement => statement.Locks)], BigTables.Contains);
    }

    // What an older program reads or writes. A new column is filled by the database where an older program leaves it out.
    private static bool TakesAway(string statement) =>
        Removing().IsMatch(statement)
        || SqlStatements.SplitAtCommas(statement).Any(part => RequiredColumn().IsMatch(part) && !part.Contains(" DEFAULT ", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(
        @"^(DROP (TABLE|VIEW|FUNCTION|SCHEMA)|TRUNCATE)\b|^ALTER (TABLE|VIEW|FUNCTION|INDEX)\b.*\b(DROP (COLUMN|DEFAULT)|RENAME|SET SCHEMA|SET NOT NULL|TYPE)\b",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Removing();

    [GeneratedRegex(@"\bADD COLUMN\b.*\bNOT NULL\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex RequiredColumn();
}
