using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron sync</c> and <c>patron doctor</c> with partners from files.</summary>
public sealed class FilesCommandTests(TestDatabase database) : IDisposable
{
    private readonly DataFolder data = new();
    private readonly string folder = Directory.CreateTempSubdirectory("patron-test-export-").FullName;

    [Fact]
    public async Task Both_names_of_the_command_read_the_files()
    {
        var settings = Settings(await Templates.CopyAsync(database));
        await File.WriteAllTextAsync(Path.Combine(folder, "partners.csv"), "id,name,email\nACME Ltd/1,ACME,info@acme.example\nACME Ltd/2,West,info@acme.example\n");
        Assert.Contains("A run would find 2 partners", (await PatronCommandLine.RunAsync(settings, ["sync", "run", "--dry-run"])).Output, StringComparison.Ordinal);
        var told = await PatronCommandLine.RunAsync(settings, ["sync", "run"]);
        Assert.True(told.Status == 0, told.Errors);
        Assert.Contains("The ERP has 2 partners", told.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Odoo", told.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await PatronCommandLine.RunAsync(settings, ["sync", "settle", "ACME Ltd/2", "keep"])).Status);
        var again = await PatronCommandLine.RunAsync(settings, ["sync", "odoo", "--full", "--json"]);
        Assert.Equal(2, JsonDocument.Parse(again.Output).RootElement.GetProperty("unchanged").GetInt64());

        Directory.Delete(folder, recursive: true);
        var failed = await PatronCommandLine.RunAsync(settings, ["sync", "run", "--json"]);
        var sentence = JsonDocument.Parse(failed.Output).RootElement.GetProperty("error").GetString();
        Assert.Contains("is not there", sentence, StringComparison.Ordinal);
        Assert.Equal((1, sentence), (failed.Status, failed.Errors.Trim()));
    }

    [Theory]
    [InlineData("id,name\n1,One\n2,Two\n", true, "has 2 partners in 1 file")]
    [InlineData("id,name\n1,One\n2,\n", false, "and 1 partner that can't be read, such as 2: It has no name.")]
    [InlineData("number,name\n1,One\n", false, "no column id")]
    public async Task Doctor_reports_the_folders_content_or_its_problem(string file, bool isGood, string words)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "partners.csv"), file);
        var answer = await PatronCommandLine.RunAsync(Settings(await Templates.CopyAsync(database)), ["doctor", "--json", "--data", data.Location]);
        var finding = JsonDocument.Parse(answer.Output).RootElement.GetProperty("checks").EnumerateArray().Single(finding => finding.Text("subject") == "erp");
        Assert.Equal((isGood, isGood ? 0 : 1), (finding.GetProperty("is_good").GetBoolean(), answer.Status));
        Assert.Contains(words, finding.Text("message"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        data.Dispose();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Dictionary<string, string> Settings(string connection) => new(PatronProcess.Administrator, StringComparer.Ordinal)
    {
        ["ConnectionStrings__Patron"] = connection, ["Keys__Master"] = RunningPatron.MasterKey, ["Erp__Source"] = "csv", ["Erp__Folder"] = folder,
    };
}
