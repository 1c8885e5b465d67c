using System.Text.RegularExpressions;
using Npgsql;
using Patron.CommandLine;
using Patron.IntegrationTests.Hosting;
using Patron.Tests;

namespace Patron.IntegrationTests.Processes;

/// <summary>The commands and SQL statements of the manuals exist as they are written.</summary>
public sealed partial class ManualTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData("operations.md", 8)]
    [InlineData("administration.md", 20)]
    [InlineData("odoo.md", 8)]
    public void Commands_in_manuals_are_accepted(string manual, int least)
    {
        var commands = Commands().Matches(Read(manual)).Select(command => command.Groups["arguments"].Value.Trim()).ToList();

        Assert.True(commands.Count >= least, $"Only {commands.Count} commands were found.");
        Assert.All(commands, command =>
        {
            var arguments = Words().Matches(command.Replace(" ID", " 7", StringComparison.Ordinal).Replace("DECISION", "keep", StringComparison.Ordinal)
                .Replace("REASON", "address_taken", StringComparison.Ordinal))
                .Select(word => word.Value.Replace("\"", "", StringComparison.Ordinal)).ToArray();
            Assert.Empty(PatronCommand.Build().Parse(arguments).Errors.Select(error => error.Message));
        });
    }

    [Fact]
    public async Task SQL_statements_in_the_operations_manual_fit_the_database()
    {
        var text = Read("operations.md");
        var statements = SqlBlocks().Matches(text).SelectMany(block => block.Groups["sql"].Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Concat(InlineSql().Matches(text).Select(match => match.Groups["sql"].Value.Replace("PID", "0", StringComparison.Ordinal)))
            .Where(statement => !statement.StartsWith("CREATE", StringComparison.Ordinal)).ToList();
        await using var connection = new NpgsqlConnection(app.Accounts.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        Assert.True(statements.Count >= 10, $"Only {statements.Count} statements were found.");
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand("EXPLAIN " + statement, connection);
            Assert.Null((await Record.ExceptionAsync(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)))?.Message);
        }
    }

    private static string Read(string manual) => File.ReadAllText(Path.Combine(Checkout.Folder, "docs", manual));

    [GeneratedRegex(@"\./patron (?<arguments>[^`\n)<>|]+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Commands();

    [GeneratedRegex("""([^\s"]|"[^"]*")+""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Words();

    [GeneratedRegex("```sql\n(?<sql>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex SqlBlocks();

    [GeneratedRegex("`(?<sql>SELECT [^`]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex InlineSql();
}
