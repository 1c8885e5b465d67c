using Patron.Tests;
using System.Diagnostics;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

public sealed class SpectralTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task OpenAPI_document_passes_Spectrals_rules()
    {
        var tools = Path.Combine(Checkout.Folder, "tests", "node");
        var spectral = Path.Combine(tools, "node_modules", ".bin", "spectral");
        Assert.True(File.Exists(spectral), "Spectral is not there; ./test fetches it (or: npm ci --prefix tests/node).");
        var document = Path.Combine(app.Accounts.DataFolder, "openapi.json");
        await File.WriteAllTextAsync(document, await app.Accounts.Client.GetStringAsync("/openapi/v1.json"));

        using var process = Process.Start(new ProcessStartInfo(spectral, ["lint", document, "--ruleset", Path.Combine(tools, "spectral.yaml"), "--fail-severity", "warn"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output);
    }
}
