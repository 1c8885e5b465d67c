using System.Diagnostics;
using System.Globalization;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary>What the command line says to the person who types it: help, mistakes, exit status, completion, numbers and colours.</summary>
public sealed class UsageTests(OneProcess app) : IClassFixture<OneProcess>, IDisposable
{
    private readonly DataFolder folder = new();

    [Theory]
    [InlineData("", "one person is never two customers", "serve", "migrate", "admin", "member", "token", "api-key", "keys", "import", "sync", "requests", "invitations", "invite", "recount", "demo", "doctor", "completion", "help", "--version")]
    [InlineData("serve", "Run the server", "--urls <URLS>", "http://127.0.0.1:8000", "--data <DIR>", "--role", "--demo")]
    [InlineData("migrate", "Create or upgrade the database", "--data <DIR>", "--role")]
    [InlineData("admin", "Create administrators", "create", "disable", "enable")]
    [InlineData("admin create", "The password is read from standard input", "<email>", "--first-name", "--last-name", "--data <DIR>")]
    [InlineData("admin disable", "end its sessions", "<account>", "--data <DIR>")]
    [InlineData("admin enable", "Enable an account again", "<account>", "--data <DIR>")]
    [InlineData("member", "Manage the members of an organization", "add", "remove")]
    [InlineData("member add", "Add a member", "<account>", "--as <vendor|employee|customer>", "Vendors are owners", "--keys-to <ACCOUNT>", "--organization <ID>", "--data <DIR>")]
    [InlineData("token", "valid for 10 minutes", "<account>", "--data <DIR>")]
    [InlineData("api-key", "programs act as staff", "create")]
    [InlineData("api-key create", "printed only once", "<name>", "--scope", "customers:read, customers:write", "--days", "--data <DIR>")]
    [InlineData("keys", "sign access tokens", "rotate")]
    [InlineData("keys rotate", "no one is signed out", "--data <DIR>")]
    [InlineData("import", "Import customers and accounts", "customers", "users")]
    [InlineData("import customers", "one transaction", "<file>", "- for standard input", "--strict", "--rejects <FILE>", "--json", "--data <DIR>")]
    [InlineData("import users", "Import accounts with their password hashes", "<file>", "- for standard input", "--strict", "Import nothing if a line is rejected", "--rejects <FILE>", "--json", "--data <DIR>")]
    [InlineData("invite", "Invite customers without an account", "--customer <ID>", "--limit <N>", "--dry-run", "--yes", "--json", "--data <DIR>")]
    [InlineData("invitations", "list", "send")]
    [InlineData("invitations send", "Invite customers without an account", "--customer <ID>")]
    [InlineData("invitations list", "--state <queued|invited|never_came|came|withdrawn|declined>", "--json", "--data <DIR>")]
    [InlineData("requests", "list", "done", "decline")]
    [InlineData("requests done", "<id>", "--data <DIR>")]
    [InlineData("sync settle", "keep|take|ignore|merge", "--all", "--reason <REASON>", "--yes", "--json")]
    [InlineData("completion", "bash", "zsh", "fish")]
    [InlineData("recount", "Recount all customers", "once a day", "Home:Region", "--data <DIR>", "--role")]
    [InlineData("demo", "a made-up company of about 2,000 customers", "--data <DIR>")]
    [InlineData("doctor", "without changing anything", "--json", "--data <DIR>")]
    public async Task Help_describes_each_command_and_its_options(string command, params string[] words)
    {
        var answer = await PatronCommandLine.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(0, answer.Status);
        Assert.All(words, word => Assert.Contains(word, answer.Output, StringComparison.Ordinal));
        Assert.All(answer.Output.Split('\n').Where(line => line.StartsWith("  --", StringComparison.Ordinal)), line => Assert.Matches(@"^  --\S.*?  +\S", line));
    }

    [Theory]
    [InlineData("sreve", "patron has no command 'sreve'; did you mean serve?", "patron --help")]
    [InlineData("admin", "patron admin needs a command: create, disable, enable.", "patron admin --help")]
    [InlineData("admin creat x", "patron admin has no command 'creat'; did you mean create?", "patron admin --help")]
    [InlineData("serve --port 8000", "patron serve has no option --port.", "patron serve --help")]
    [InlineData("serve --url x", "patron serve has no option --url; did you mean --urls?", "patron serve --help")]
    [InlineData("serve --role customer", "--role must be one of all, accounts, customers, not 'customer'. Did you mean customers?", "patron serve --help")]
    [InlineData("serve --role 7", "--role must be one of all, accounts, customers, not '7'.", "patron serve --help")]
    [InlineData("member add x --as 7", "--as must be one of customer, employee, vendor, not '7'.", "patron member add --help")]
    [InlineData("token", "patron token needs ACCOUNT.", "patron token --help")]
    [InlineData("token a b", "patron token doesn't take the word 'b'.", "patron token --help")]
    [InlineData("token --rool x", "patron token has no option --rool; did you mean --role?", "patron token --help")]
    [InlineData("token a --data", "--data needs a value.", "patron token --help")]
    [InlineData("api-key create x --days soon", "--days must be a whole number, not 'soon'.", "patron api-key create --help")]
    [InlineData("invite --limit 0", "--limit must be at least 1.", "patron invite --help")]
    [InlineData("invitations list --state came_never", "--state must be one of queued, invited, never_came, came, withdrawn, declined, not 'came_never'.", "patron invitations list --help")]
    [InlineData("requests done first", "ID must be a whole number, not 'first'.", "patron requests done --help")]
    [InlineData("sync settle 7 kep", "DECISION must be one of keep, take, ignore, merge, not 'kep'. Did you mean keep?", "patron sync settle --help")]
    [InlineData("sync settle keep", "Name one PARTNER and a decision, or use --all or --reason with a decision only.", "patron sync settle --help")]
    [InlineData("sync settle 7 keep --all", "Name one PARTNER and a decision, or use --all or --reason with a decision only.", "patron sync settle --help")]
    [InlineData("help tokn", "patron has no command 'tokn'; did you mean token?", "patron --help")]
    public async Task Invalid_command_line_ends_with_status_2_a_sentence_and_a_hint(string line, string sentence, string help)
    {
        var answer = await PatronCommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, $"{sentence}\nRun '{help}' to see how it's used.\n", ""), (answer.Status, answer.Errors, answer.Output));
    }

    [Theory]
    [InlineData("sync status")]
    [InlineData("token admin@patron.example")]
    [InlineData("import users -")]
    [InlineData("demo")]
    [InlineData("invitations list --json")]
    public async Task Command_creates_nothing_where_there_is_no_Patron(string line)
    {
        foreach (var settings in new[] { PatronProcess.Settings(), PatronProcess.Settings(("ConnectionStrings__Patron", app.Accounts.ConnectionString)) })
        {
            var answer = await PatronCommandLine.RunAsync(settings, [.. line.Split(' '), "--data", folder.Location]);

            Assert.Equal((1, $"There is no Patron in {folder.Location}. Start one with ./run --data {folder.Location}.\n"), (answer.Status, answer.Errors));
            Assert.False(Directory.Exists(folder.Location));
        }
    }

    [Fact]
    public async Task Doctor_reports_that_there_is_no_Patron_and_creates_nothing()
    {
        var answer = await PatronCommandLine.RunAsync("doctor", "--data", folder.Location);

        Assert.Equal(1, answer.Status);
        Assert.Contains($"WRONG  database: There is no Patron in {folder.Location}.", answer.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Location));
    }

    [Fact]
    public async Task Interrupted_command_ends_with_status_130()
    {
        using var import = PatronCommandLine.Start(Settings(), "import", "customers", "-", "--data", folder.Location);
        await import.StandardInput.WriteLineAsync("name,email");
        for (var number = 0; number < 12_000; number++)
        {
            await import.StandardInput.WriteLineAsync($"Interrupted {number},interrupted{number}@tests.example");
        }

        await import.StandardInput.FlushAsync();
        await import.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(40)); // The first ten thousand are in the database.
        using (var kill = Process.Start("kill", ["-INT", import.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        var errors = await import.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(40));
        await import.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
        Assert.Equal((130, "Import failed; nothing was imported.\nStopped.\n"), (import.ExitCode, errors));
    }

    [Fact]
    public async Task Help_command_shows_the_help_of_a_command()
    {
        var answer = await PatronCommandLine.RunAsync("help", "admin", "create");
        Assert.Equal((0, (await PatronCommandLine.RunAsync("admin", "create", "--help")).Output), (answer.Status, answer.Output));
    }

    [Fact]
    public async Task Bash_completes_commands_and_options_with_the_printed_script()
    {
        using var home = new DataFolder();
        Directory.CreateDirectory(home.Location);
        var program = Path.Combine(home.Location, "patron");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{PatronCommandLine.Program}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        const string Script = """
            eval "$(./patron completion bash)"
            complete_line() { COMP_LINE=$1; COMP_POINT=${#1}; COMP_WORDS=($1); [[ $1 != *' ' ]] || COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _patron; echo "${COMPREPLY[*]}"; }
            complete_line './patron inv'
            complete_line './patron invitations '
            complete_line './patron serve --ur'
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-eu", "-c", Script])
        {
            WorkingDirectory = home.Location, RedirectStandardOutput = true, UseShellExecute = false,
        })!;
        var lines = (await bash.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(40))).Split('\n');
        Assert.Equal("invitations invite", lines[0]);
        Assert.Contains("list", lines[1].Split(' '));
        Assert.Equal("--urls", lines[2]);
    }

    [Fact]
    public async Task Numbers_are_written_in_the_language_of_the_machine_and_colour_only_on_a_terminal()
    {
        Assert.Equal(["1,234", "1.234"], await Task.WhenAll(NumberAsync("C.UTF-8"), NumberAsync("de_DE.UTF-8")));
        Assert.Contains("\e[32mok", await OnTerminalAsync([]), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[32m", await OnTerminalAsync([("NO_COLOR", "1")]), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", (await PatronCommandLine.RunAsync(Settings(), ["doctor", "--data", folder.Location])).Output, StringComparison.Ordinal);

        async Task<string> NumberAsync(string language)
        {
            var lines = string.Concat(Enumerable.Repeat("x\n", 1_234));
            var answer = await PatronCommandLine.RunAsync(Settings(("LC_ALL", language)), ["import", "users", "-", "--data", folder.Location], lines);
            return answer.Output.Split(' ')[0];
        }

        async Task<string> OnTerminalAsync((string, string)[] changes)
        {
            var start = new ProcessStartInfo(
                "script", ["-qec", $"dotnet '{PatronCommandLine.Program}' doctor --data '{folder.Location}'", "/dev/null"])
            {
                RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false,
            };
            start.Environment.Remove("NO_COLOR"); // The test runner sets it.
            foreach (var (name, value) in Settings([("TERM", "xterm"), .. changes]))
            {
                start.Environment[name] = value;
            }

            using var terminal = Process.Start(start)!;
            return await terminal.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(40));
        }
    }

    public void Dispose() => folder.Dispose();

    private Dictionary<string, string> Settings(params (string Name, string Value)[] changes) =>
        PatronProcess.SettingsFor(app.Accounts.ConnectionString, changes);
}
