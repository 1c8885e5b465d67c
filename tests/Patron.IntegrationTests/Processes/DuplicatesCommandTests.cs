using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron duplicates</c>, with a database and with a file alone.</summary>
public sealed class DuplicatesCommandTests : IClassFixture<OneProcess>, IDisposable
{
    private const string Header = "given_name,surname,born,street,postal_code,reference";

    private readonly OneProcess app;
    private readonly DataFolder folder = new();

    public DuplicatesCommandTests(OneProcess app)
    {
        this.app = app;
        Directory.CreateDirectory(folder.Location);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Customers_are_scanned_and_exported()
    {
        var database = await app.CopyOfDatabaseAsync();
        var file = Path.Combine(folder.Location, "customers.csv");
        await File.WriteAllLinesAsync(file, ["first_name,last_name,email,date_of_birth,phone,reference", .. People()]);
        Assert.Equal(0, (await RunOnAsync(database, "import", "customers", file)).Status);

        var scanned = await RunOnAsync(database, "duplicates", "scan", "--json");
        Assert.Equal(0, scanned.Status);
        Assert.Equal((62, 2), (Number(scanned.Output, "records"), Number(scanned.Output, "clusters")));

        var export = Path.Combine(folder.Location, "pairs.csv");
        Assert.Equal(0, (await RunOnAsync(database, "duplicates", "export", export)).Status);
        var lines = await File.ReadAllLinesAsync(export);
        Assert.Equal("customer_a,customer_b,reference_a,reference_b,score,cluster,reasons", lines[0]);
        var clustered = lines.Skip(1).Select(line => line.Split(',')).Where(cells => cells[5].Length > 0).ToList();
        Assert.Equal([["R1", "R1b"], ["R2", "R2b"]], clustered.Select(cells => cells[2..4].Order().ToArray()).OrderBy(pair => pair[0]));
        Assert.All(clustered, cells => Assert.StartsWith("CUST_", cells[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_is_scanned_without_a_database()
    {
        var file = Path.Combine(folder.Location, "people.csv");
        await File.WriteAllLinesAsync(file,
        [
            Header, "Jonathan,Hallorann,1987-03-09,12 Rose Lane,90210,A", "Jonathan,Halloran,1987-09-03,12 Rose Lane,90210,B",
            "Wilhelmina,Featherstone,1931-11-30,2 Quay,33101,C",
        ]);
        var export = Path.Combine(folder.Location, "pairs.csv");

        var answer = await RunAsync(
            "duplicates", "scan", "--file", file, "--export", export, "--json", "--map", "given_name=first_name", "--map", "surname=last_name", "--map",
            "born=date_of_birth", "--map", "street=address_line1");

        Assert.Equal((0, 3), (answer.Status, Number(answer.Output, "records")));
        var pair = Assert.Single((await File.ReadAllLinesAsync(export)).Skip(1));
        Assert.StartsWith("A,B,A,B,0.9", pair, StringComparison.Ordinal);
        Assert.Contains("day and month swapped", pair, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("duplicates", "scan", "--export", export)).Status);
        Assert.Equal(1, (await RunAsync("duplicates", "scan", "--file", Path.Combine(folder.Location, "none.csv"))).Status);
    }

    [Fact]
    public async Task Columns_and_records_that_are_not_compared_are_named()
    {
        var file = Path.Combine(folder.Location, "strange.csv");
        await File.WriteAllLinesAsync(file,
        [
            "first_name,last_name,shoe_size,colour", "Jonathan,Hallorann,43,red", "Wilhelmina,Featherstone", "Mary,Major,38,blue",
        ]);

        var answer = await RunAsync("duplicates", "scan", "--file", file, "--json", "--ignore", "colour");

        Assert.Equal((0, 2), (answer.Status, Number(answer.Output, "records")));
        Assert.Contains("no field has this name: shoe_size. Use --map", answer.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("colour", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("the number of columns differs from the first line: line 3", answer.Errors, StringComparison.Ordinal);
    }

    private static IEnumerable<string> People()
    {
        for (var number = 1; number <= 60; number++)
        {
            var letters = new string([(char)('a' + (number % 26)), (char)('a' + (number * 7 % 26)), (char)('a' + (number * 11 % 26))]);
            yield return $"Given{letters},Family{letters}son,p{number}@example.com,{1940 + number}-0{1 + (number % 9)}-1{number % 10},+4420794600{number:00},R{number}";
        }

        yield return "Givenbhl,Familybhlsson,other1@example.com,1941-02-11,+442079460001,R1b";
        yield return "Givencow,Familycowson,other2@example.com,1942-03-12,+442079460002,R2b";
    }

    private static int Number(string json, string name) => JsonDocument.Parse(json).RootElement.GetProperty(name).GetInt32();

    private Task<CommandAnswer> RunOnAsync(string database, params string[] arguments) => PatronCommandLine.RunAsync(
        PatronProcess.SettingsFor(database), [.. arguments, "--data", folder.Location]);

    private static Task<CommandAnswer> RunAsync(params string[] arguments) => PatronCommandLine.RunAsync(PatronProcess.Settings(), arguments);
}
