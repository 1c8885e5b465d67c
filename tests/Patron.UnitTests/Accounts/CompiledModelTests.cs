using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Design.Internal;
using Patron.Accounts.Database;
using Patron.Tests;

namespace Patron.UnitTests.Accounts;

/// <summary>
/// The compiled model of Accounts, which makes a start about 100 ms faster, is what EF generates from the configurations.
/// <c>PATRON_UPDATE_MODEL=1 ./test -class '*CompiledModelTests'</c> writes it again.
/// </summary>
public sealed partial class CompiledModelTests : IDisposable
{
    private const string Namespace = "Patron.Accounts.Database.CompiledModel";
    private static readonly string Committed = Path.Combine(Checkout.Folder, "src/Patron.Accounts/Database/CompiledModel");
    private readonly DirectoryInfo generated = Directory.CreateTempSubdirectory("patron-model-");

    public void Dispose() => generated.Delete(recursive: true);

#pragma warning disable EF1001 // The operations behind 'dotnet ef' are internal; with them the test needs no tool.
    [Fact]
    public void Compiled_model_is_up_to_date()
    {
        var operations = new DbContextOperations(
            new OperationReporter(handler: null), typeof(AccountsContext).Assembly, typeof(CompiledModelTests).Assembly,
            project: generated.FullName, generated.FullName, rootNamespace: null, language: "C#", nullable: true, args: []);
        operations.Optimize(
            generated.FullName, Namespace, nameof(AccountsContext), suffix: null, scaffoldModel: true, precompileQueries: false, nativeAot: false);
        if (Environment.GetEnvironmentVariable("PATRON_UPDATE_MODEL") == "1")
        {
            if (Directory.Exists(Committed))
            {
                Directory.Delete(Committed, recursive: true);
            }

            Directory.CreateDirectory(Committed);
            foreach (var file in generated.GetFiles())
            {
                file.CopyTo(Path.Combine(Committed, file.Name));
            }
        }

        Assert.Equal(Read(generated.FullName), Read(Committed));
    }

#pragma warning restore EF1001

    // Each generation chooses another id.
    private static SortedDictionary<string, string> Read(string folder) => new(
        Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file), file => ModelId().Replace(File.ReadAllText(file), "")),
        StringComparer.Ordinal);

    [GeneratedRegex("modelId: new Guid\\(\"[0-9a-f-]+\"\\)", RegexOptions.None, 1000)]
    private static partial Regex ModelId();

    private sealed class Factory : IDesignTimeDbContextFactory<AccountsContext>
    {
        public AccountsContext CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<AccountsContext>().UseNpgsql("Host=unused").Options);
    }
}
