using System.Globalization;
using System.Text;
using System.Text.Json;
using Patron.Customers.Import;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron import customers</c> while a server runs on the same database.</summary>
public sealed class ImportCustomersCommandTests(OneProcess app) : IClassFixture<OneProcess>, IDisposable
{
    private readonly DataFolder folder = new();
    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("patron-import-");

    [Fact]
    public async Task Valid_lines_are_imported_and_others_reported()
    {
        var file = Write("name,phone,shoe size\nCommand One,12345,43\nCommand Two,none,44\n");
        var rejects = Path.Combine(files.FullName, "rejects.csv");
        var answer = await RunAsync(file, "--rejects", rejects);
        Assert.Equal((3, "2 lines: 1 imported, 1 rejected\n"), (answer.Status, answer.Output));
        Assert.StartsWith("The field 'shoe size' is unknown and is ignored.\nline 3: phone: Enter a phone number", answer.Errors, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync("Command%"));

        // The rows are as they came: corrected, they are imported.
        var written = await File.ReadAllTextAsync(rejects);
        Assert.Equal(
            "import_line,import_error,name,phone,shoe size\n3,\"phone: Enter a phone number like +49 30 1234567.\",Command Two,none,44\n", written);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rejects));
        await File.WriteAllTextAsync(rejects, written.Replace("none", "12346", StringComparison.Ordinal));
        var corrected = await RunAsync(rejects, "--ignore", "shoe size");
        Assert.Equal((0, "1 line: 1 imported, 0 rejected\n", ""), (corrected.Status, corrected.Output, corrected.Errors));
        Assert.Equal(2, await CountAsync("Command%"));
    }

    [Fact]
    public async Task File_of_rejects_has_the_separator_of_the_file_and_rows_that_cannot_be_read()
    {
        var file = Write("name;email;notes\nSemi One;none;\"a;b\"\nSemi Two\nSemi \"Three\";;\n");
        var rejects = Path.Combine(files.FullName, "rejects.csv");
        Assert.Equal((1, "3 lines: 0 imported, 3 rejected\n"), (await RunAsync(file, "--rejects", rejects)) is var answer ? (answer.Status, answer.Output) : default);
        Assert.Equal(
            [
                "import_line;import_error;name;email;notes", "2;\"email: Must be an email address like name@example.com.\";Semi One;none;\"a;b\"",
                "3;\"Expected 3 columns, found 1.\";Semi Two",
                "4;\"A quotation mark is in the wrong place. Quote cells that contain one, and double it.\";Semi \"Three\";;",
            ],
            await File.ReadAllLinesAsync(rejects));
    }

    [Fact]
    public async Task Strict_imports_nothing_if_a_line_is_rejected_and_reports_it_in_JSON()
    {
        var answer = await RunAsync(Write("name,phone\nStrict One,12345\nStrict Two,none\n"), "--strict", "--json");
        Assert.Equal((1, "Nothing was imported, because not every line could be imported.\n"), (answer.Status, answer.Errors));
        var summary = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal((2, 0, 3), (summary.GetProperty("lines").GetInt32(), summary.GetProperty("imported").GetInt32(), summary.GetProperty("rejects")[0].GetProperty("line").GetInt32()));
        Assert.Equal(0, await CountAsync("Strict%"));
    }

    [Theory]
    [InlineData("nothing.csv", "Could not find file")]
    [InlineData(null, "The first line names no column that is known.")]
    public async Task Unreadable_file_is_reported_with_a_sentence_and_status_1(string? name, string sentence)
    {
        var answer = await RunAsync(name is null ? Write("a,b\n1,2\n") : Path.Combine(files.FullName, name));
        Assert.Equal((1, ""), (answer.Status, answer.Output));
        Assert.Contains(sentence, answer.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_in_another_encoding_is_refused_as_a_whole_unless_it_is_named()
    {
        var file = Write("");
        await File.WriteAllBytesAsync(file, Encoding.Latin1.GetBytes("name,city\nLatin One,Paris\nLatin Zo\u00eb,K\u00f6ln\n"));
        var answer = await RunAsync(file);
        Assert.Equal((1, ""), (answer.Status, answer.Output));
        Assert.Contains("not in UTF-8: line 3", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("--encoding windows-1252", answer.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("Latin%"));

        Assert.Equal("2 lines: 2 imported, 0 rejected\n", (await RunAsync(file, "--encoding", "windows-1252")).Output);
        Assert.Equal("K\u00f6ln", await app.CustomersSqlAsync<string>("SELECT city FROM customers.customers WHERE name = 'Latin Zo\u00eb'"));
        Assert.Contains("no encoding klingon", (await RunAsync(file, "--encoding", "klingon")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_column_that_looks_like_a_known_one_is_asked_about()
    {
        var file = Write("name,E-Mail,phones,shoe size\nAsked One,asked.one@tests.example,12345,43\n");
        var answer = await RunAsync(file);
        Assert.Equal((1, ""), (answer.Status, answer.Output));
        Assert.Contains("The column \"E-Mail\" is unknown; did you mean email? Use --map \"E-Mail=email\" or --ignore \"E-Mail\".", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("The column \"phones\" is unknown; did you mean phone?", answer.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("Asked%"));

        Assert.Equal("1 line: 1 imported, 0 rejected\n", (await RunAsync(file, "--map", "E-Mail=email", "--ignore", "phones")).Output);
        Assert.Equal("asked.one@tests.example", await app.CustomersSqlAsync<string>("SELECT email FROM customers.customers WHERE name = 'Asked One' AND phone IS NULL"));
        Assert.Contains("must be COLUMN=FIELD", (await RunAsync(file, "--map", "E-Mail=mail")).Errors, StringComparison.Ordinal);
        Assert.Contains("no column \"shoes\"", (await RunAsync(file, "--ignore", "shoes")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_import_imports_nothing_and_can_be_repeated()
    {
        using (var import = PatronCommandLine.Start(Settings(), "import", "customers", "-", "--data", folder.Location))
        {
            await import.StandardInput.WriteLineAsync("name,email");
            for (var number = 0; number < (2 * ImportCustomers.BatchSize) + 2_000; number++)
            {
                await import.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Killed {number},killed{number}@tests.example"));
            }

            await import.StandardInput.FlushAsync();
            // Printed when the first ten thousand are in the database, while the input is still open.
            Assert.Equal("10,000 lines: 10,000 imported, 0 rejected", await import.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(40)));
            import.Kill();
            await import.WaitForExitAsync();
        }

        var answer = await RunAsync(Write("name,email\nKilled 1,killed1@tests.example\n"));
        Assert.Equal("1 line: 1 imported, 0 rejected\n", answer.Output);
        Assert.Equal(1, await CountAsync("Killed%"));
    }

    public void Dispose()
    {
        files.Delete(recursive: true);
        folder.Dispose();
    }

    private string Write(string csv)
    {
        var file = Path.Combine(files.FullName, $"{Guid.NewGuid():N}.csv");
        File.WriteAllText(file, csv);
        return file;
    }

    private Task<CommandAnswer> RunAsync(string file, params string[] options) =>
        PatronCommandLine.RunAsync(Settings(), ["import", "customers", file, "--data", folder.Location, .. options]);

    private Dictionary<string, string> Settings() =>
        PatronProcess.SettingsFor(app.Customers.ConnectionString);

    private Task<long> CountAsync(string names) => app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE name LIKE $1", names);
}
