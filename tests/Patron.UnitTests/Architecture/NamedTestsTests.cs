using System.Text.RegularExpressions;
using Patron.Tests;

namespace Patron.UnitTests.Architecture;

/// <summary>Documents name the tests that prove what they say; a renamed or deleted test must not leave its name behind.</summary>
public sealed partial class NamedTestsTests
{
    private static readonly Lazy<string> Sources = new(() => string.Join(
        '\n', Directory.GetFiles(Path.Combine(Checkout.Folder, "tests"), "*Tests*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)));

    [Theory]
    [InlineData("security.md")]
    [InlineData("findings.md")]
    public void Every_test_that_a_document_names_exists(string document)
    {
        var named = Named().Matches(File.ReadAllText(Path.Combine(Checkout.Folder, "docs", document)));

        Assert.NotEmpty(named);
        Assert.All(named, match =>
        {
            Assert.Matches($@"class {match.Groups["class"].Value}\b", Sources.Value);
            Assert.True(
                match.Groups["method"] is not { Success: true } method || Sources.Value.Contains($" {method.Value}(", StringComparison.Ordinal),
                $"There is no test {match.Value}.");
        });
    }

    [GeneratedRegex("`(?<class>[A-Z][A-Za-z0-9]*Tests)(\\.(?<method>[A-Za-z0-9_]+))?`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
