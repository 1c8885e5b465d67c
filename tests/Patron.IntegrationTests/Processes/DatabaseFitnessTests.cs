using System.Text.RegularExpressions;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary>Databases that a start refuses, and what their administrator has to allow.</summary>
public sealed partial class DatabaseFitnessTests(TestDatabase databases)
{
    private const string Extensions = "SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'btree_gin')";

    [Fact]
    public async Task Changed_migration_is_refused()
    {
        var database = await Templates.CopyAsync(databases);
        await DataFolder.ExecuteAsync(database, "UPDATE shared.migrations SET checksum = 'another' WHERE module = 'accounts' AND number = 1");

        await ShouldRefuseAsync("was changed after it ran", database);
    }

    [Fact]
    public async Task Database_of_a_newer_version_is_refused_by_the_start_and_by_doctor()
    {
        var database = await Templates.CopyAsync(databases);
        await DataFolder.ExecuteAsync(database, "INSERT INTO shared.migrations (module, number, name, checksum) VALUES ('customers', 999, '0999_later', 'x')");

        await ShouldRefuseAsync("newer version of Patron", database);
        await ShouldBeWrongForDoctorAsync("customers/0999_later", database);
    }

    [Theory]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    public async Task Database_that_is_not_UTF8_is_refused_by_the_start_and_by_doctor(string encoding)
    {
        var utf8 = await databases.CreateDatabaseAsync();
        var name = $"{TestDatabase.NameOf(utf8)}_{encoding.ToLowerInvariant()}";
        await DataFolder.ExecuteAsync(utf8, $"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        var database = new NpgsqlConnectionStringBuilder(utf8) { Database = name }.ConnectionString;

        await ShouldRefuseAsync("Patron needs UTF8", database);
        await ShouldBeWrongForDoctorAsync(encoding, database);
    }

    [Fact]
    public async Task Database_user_with_CREATE_needs_no_administrator()
    {
        var (database, administrators) = await RestrictedAsync(await databases.CreateDatabaseAsync());
        await DataFolder.ExecuteAsync(administrators, $"GRANT CREATE ON DATABASE \"{TestDatabase.NameOf(database)}\" TO restricted");

        await ShouldMigrateAsync(database);
        Assert.Equal(2, await ProcessIntents.CountAsync(database, Extensions));

        // The permission is needed only until everything is created.
        await DataFolder.ExecuteAsync(administrators, $"REVOKE CREATE ON DATABASE \"{TestDatabase.NameOf(database)}\" FROM restricted");
        await ShouldMigrateAsync(database);
    }

    [Fact]
    public async Task Database_user_without_CREATE_gets_the_statement_for_the_administrator()
    {
        var (database, administrators) = await RestrictedAsync(await databases.CreateDatabaseAsync());

        var refused = await MigrateAsync(database);
        refused.ShouldBeRefused("permission denied");

        await DataFolder.ExecuteAsync(administrators, Statements().Match(refused.Errors).Groups["lines"].Value);
        await ShouldMigrateAsync(database);
    }

    [Fact]
    public async Task Database_user_without_extension_permission_gets_the_statement_for_the_administrator()
    {
        var (database, administrators) = await RestrictedAsync(await Templates.CopyAsync(databases));
        await DataFolder.ExecuteAsync(administrators, """
            GRANT ALL ON SCHEMA shared TO restricted;
            GRANT ALL ON ALL TABLES IN SCHEMA shared TO restricted;
            DELETE FROM shared.migrations WHERE module = 'customers' AND number > 1;
            DROP EXTENSION pg_trgm CASCADE;
            DROP EXTENSION btree_gin CASCADE;
            """);

        var refused = await MigrateAsync(database);
        refused.ShouldBeRefused("Migration customers/0002_search could not make the extensions it needs");

        await DataFolder.ExecuteAsync(administrators, Statements().Match(refused.Errors).Groups["lines"].Value);
        Assert.Equal(2, await ProcessIntents.CountAsync(database, Extensions));
    }

    [Fact]
    public async Task Home_organization_that_differs_from_the_database_is_refused() => await ShouldRefuseAsync(
        "Home:Id", await Templates.CopyAsync(databases), ("Home__Id", "0198c0de-0000-7000-8000-0000000000ff"));

    [Fact]
    public async Task Master_key_that_does_not_match_the_database_is_refused() => await ShouldRefuseAsync(
        "another master key", await Templates.CopyAsync(databases), ("Keys__Master", Convert.ToBase64String(new byte[32])));

    // Connection strings for the same database: a user who owns nothing, and its administrator.
    private static async Task<(string Restricted, string Administrators)> RestrictedAsync(string database)
    {
        await DataFolder.ExecuteAsync(database, """
            DO $$ BEGIN
                CREATE ROLE restricted LOGIN;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- By another test: roles are the server's, not the database's.
            END $$
            """);
        return (new NpgsqlConnectionStringBuilder(database) { Username = "restricted" }.ConnectionString, database);
    }

    private static async Task<CommandAnswer> MigrateAsync(string database)
    {
        using var folder = new DataFolder();
        return await PatronCommandLine.RunAsync(
            PatronProcess.SettingsFor(database), ["migrate", "--data", folder.Location]);
    }

    private static async Task ShouldRefuseAsync(string names, string database, params (string, string)[] settings) =>
        (await PatronCommandLine.ServeAsync(PatronProcess.SettingsFor(database, settings))).ShouldBeRefused(names);

    private static async Task ShouldBeWrongForDoctorAsync(string names, string database)
    {
        using var folder = new DataFolder();
        var answer = await PatronCommandLine.RunAsync(
            PatronProcess.SettingsFor(database), ["doctor", "--data", folder.Location]);
        Assert.Equal(1, answer.Status);
        Assert.Contains(answer.Output.Split('\n'), line => line.StartsWith("WRONG  database", StringComparison.Ordinal) && line.Contains(names, StringComparison.Ordinal));
    }

    private static async Task ShouldMigrateAsync(string database)
    {
        var answer = await MigrateAsync(database);
        Assert.True(answer.Status == 0, answer.Errors);
    }

    // The statement to run, after the colon of the sentence.
    [GeneratedRegex(": (?<lines>[A-Z]+ [^:]*;)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Statements();
}
