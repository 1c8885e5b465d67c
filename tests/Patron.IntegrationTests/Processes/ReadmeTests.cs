using Patron.Tests;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Processes;

/// <summary>Runs the commands of the README.</summary>
public sealed partial class ReadmeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task README_commands_work_as_described()
    {
        var home = Directory.CreateTempSubdirectory("patron-readme-");
        File.SetUnixFileMode(home.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
        var program = Path.Combine(home.FullName, "patron");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nPATRON_HOME='{home.FullName}' exec dotnet '{PatronCommandLine.Program}' \"$@\"\n");
        File.SetUnixFileMode(program, (UnixFileMode)Convert.ToInt32("755", 8));

        await using var patron = await PatronProcess.StartAsync(Path.Combine(home.FullName, "data"), new Dictionary<string, string>());
        var readme = await File.ReadAllTextAsync(Path.Combine(Checkout.Folder, "README.md"));
        var lines = string.Concat(ShellBlocks().Matches(readme[readme.IndexOf("## A first conversation", StringComparison.Ordinal)..]).Select(match => match.Groups["lines"].Value));
        await patron.UntilAsync(() => Task.FromResult(patron.Errors.Contains("ready", StringComparison.Ordinal)));
        var output = await PasteAsync(home.FullName, lines.Replace("http://127.0.0.1:8000", patron.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));

        Assert.Contains("\"email\":\"jane.doe@example.com\"", output, StringComparison.Ordinal);
        Assert.Contains("\"token_type\":\"Bearer\"", output, StringComparison.Ordinal);
        Assert.Contains("verify-email?token=", output, StringComparison.Ordinal);
        Assert.Contains("\"username\":\"johndoe\"", output, StringComparison.Ordinal);
        Assert.Equal(5, Regex.Count(output, "\"email\":\"john.doe@example.com\"", RegexOptions.None, Timeout)); // Created, by email, by username, in the list, in a search.
        Assert.Contains("\"customers_by_city\":{\"New York\":1}", output, StringComparison.Ordinal);
        Assert.Contains("Customer with this email already exists", output, StringComparison.Ordinal);
        Assert.Contains("\"first_name\":\"J.\"", output, StringComparison.Ordinal); // The record that staff created, then the profile.
        var profile = Assert.Single(output.Split('\n'), line => line.Contains("\"street_address\"", StringComparison.Ordinal));
        Assert.Contains("\"company_name\":\"Doe Ltd\"", profile, StringComparison.Ordinal);
        Assert.Contains("\"first_name\":\"Jane\"", profile, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"Jane and Friends\"}", output, StringComparison.Ordinal);
        Assert.Contains("\"message\":\"User and customer created successfully\"", output, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(output, "\"customer_name\":\"Ada King\"", RegexOptions.None, Timeout)); // Changed and read with the cookie alone.
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG", output, StringComparison.Ordinal);

        Assert.Equal(0, await patron.StopAsync());
        home.Delete(recursive: true);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("SECURITY.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/operations.md")]
    [InlineData("docs/settings.md")]
    [InlineData("docs/administration.md")]
    [InlineData("docs/odoo.md")]
    public void Files_named_in_documents_exist(string document)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Folder, document));
        var folder = Path.GetDirectoryName(Path.Combine(Checkout.Folder, document))!;
        var links = Links().Matches(text).Select(match => Path.Combine(folder, match.Groups["path"].Value));
        var names = Names().Matches(text).Select(match => Path.Combine(Checkout.Folder, match.Groups["path"].Value));
        Assert.All(Anchors().Matches(text), link => ShouldHaveHeading(
            link.Groups["path"].Value is { Length: > 0 } other ? Path.Combine(folder, other) : Path.Combine(Checkout.Folder, document), link.Groups["anchor"].Value));
        Assert.All(links.Concat(names), path => Assert.True(Path.Exists(path), $"{document} names {path}, which is not there."));
    }

    // As GitHub makes them: lower case, without signs, blanks as hyphens.
    private static void ShouldHaveHeading(string path, string anchor) => Assert.Contains(
        anchor, Headings().Matches(File.ReadAllText(path)).Select(heading => Signs().Replace(heading.Groups["title"].Value.ToLowerInvariant(), "").Replace(' ', '-')));

    private static async Task<string> PasteAsync(string folder, string lines)
    {
        // One line after the other, as in a terminal.
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-e"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await shell.StandardInput.WriteAsync(lines);
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync().WaitAsync(Timeout);
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, output);
        return output;
    }

    [GeneratedRegex("```sh\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShellBlocks();

    [GeneratedRegex(@"\]\((?<path>(?!http|#)[^)#]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"\]\((?<path>(?!http)[^)#]*)#(?<anchor>[^)]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Anchors();

    [GeneratedRegex(@"(?m)^#+ (?<title>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^a-z0-9 -]", RegexOptions.None, 1000)]
    private static partial Regex Signs();

    [GeneratedRegex(@"`(?<path>(src|tests|docs|eng|bench)/[^`*\s]+\.(cs|md|json|sh))`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Names();
}
