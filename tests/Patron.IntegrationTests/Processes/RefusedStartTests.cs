using System.Net;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.Shared.Secrets;

namespace Patron.IntegrationTests.Processes;

/// <summary>Settings and addresses that a start refuses with one sentence, before it creates anything.</summary>
public sealed class RefusedStartTests(TestDatabase databases)
{
    [Theory]
    [InlineData("Mail:Host", "Mail__User", "somebody")]
    [InlineData("Mail:Port", "Mail__Port", "99999")]
    [InlineData("Hots", "Mail__Hots", "smtp.example.com")]
    [InlineData("Fromat", "Logs__Fromat", "json")]
    [InlineData("Logs:Format", "Logs__Format", "xml")]
    [InlineData("Lifetime", "Tokens__Lifetime", "soon")]
    [InlineData("Keys:Master", "Keys__Master", "short")]
    [InlineData("PATRON_ACCOUNTS_URL", "PATRON_ACCOUNTS_URL", "localhost")]
    [InlineData("PATRON_ADMIN_EMAIL", "PATRON_ADMIN_PASSWORD", "a long enough one 7")]
    [InlineData("Proxies:Trusted", "Proxies__Trusted__0", "everybody")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT", "somewhere")]
    [InlineData("ConnectionStrings:Patron", "ConnectionStrings__Patron", "nonsense")]
    [InlineData("ConnectionStrings:Patorn", "ConnectionStrings__Patorn", "Host=db.example.com")]
    public async Task Invalid_settings_are_refused_with_a_sentence_that_names_them(string names, string setting, string value) =>
        (await PatronCommandLine.ServeAsync(new Dictionary<string, string> { [setting] = value })).ShouldBeRefused(names);

    [Fact]
    public async Task Role_customers_without_an_accounts_service_is_refused() =>
        (await PatronCommandLine.ServeAsync(new Dictionary<string, string>(), "--role", "customers")).ShouldBeRefused("PATRON_ACCOUNTS_URL");

    [Theory]
    [InlineData("""{"Mial": {"Host": "smtp.example.com"}}""", "Mial")]
    [InlineData("""{"Mail": {"Host": """, "settings.json")]
    [InlineData("""{"Mail": "smtp.example.com"}""", "Mail is a section")]
    [InlineData("""{"Mail": {"Host": {"Name": "smtp.example.com"}}}""", "Mail:Host:Name")]
    [InlineData("""{"Portal": {"Activation": "code"}}""", "Portal:Activation is a section")]
    public async Task Invalid_settings_file_is_refused(string json, string names)
    {
        using var folder = new DataFolder();
        Directory.CreateDirectory(folder.Location);
        await File.WriteAllTextAsync(Path.Combine(folder.Location, "settings.json"), json);

        (await PatronCommandLine.RunAsync("serve", "--data", folder.Location)).ShouldBeRefused(names);
        Assert.False(Directory.Exists(folder.Cluster));
    }

    [Fact]
    public async Task Invalid_master_key_file_is_refused()
    {
        using var folder = new DataFolder();
        var key = Path.Combine(folder.Location, "master.key");
        OwnerOnlyPermissions.CreateFolder(folder.Location);
        await File.WriteAllTextAsync(key, "");
        File.SetUnixFileMode(key, OwnerOnlyPermissions.File);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings__Patron"] = await Templates.CopyAsync(databases) };

        var answer = await PatronCommandLine.RunAsync(settings, ["serve", "--data", folder.Location, "--urls", "http://127.0.0.1:0"]);

        answer.ShouldBeRefused("master.key");
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://192.0.2.1:8000")]
    public async Task Invalid_listen_address_is_refused(string url)
    {
        (await ServeAsync(url)).ShouldBeRefused(url);
    }

    [Fact]
    public async Task Port_in_use_is_reported_with_a_sentence()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        (await ServeAsync(url)).ShouldBeRefused(url);

        // The port is tried first: a refused start leaves no database behind.
        using var folder = new DataFolder();
        (await PatronCommandLine.RunAsync("serve", "--data", folder.Location, "--urls", url)).ShouldBeRefused(url);
        Assert.False(Directory.Exists(folder.Location));
    }

    [Fact]
    public async Task Metrics_port_in_use_is_reported_with_its_address()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        (await ServeAsync("http://127.0.0.1:0", ("Metrics__Url", url))).ShouldBeRefused(url);
    }

    [Theory]
    [InlineData("https://example.com/api", "/api")]
    [InlineData("https://example.com/docs/portal", "/docs")]
    [InlineData("https://example.com/Profile/", "/profile")]
    public async Task Portal_address_with_a_path_of_Patron_is_refused(string url, string path)
    {
        (await ServeAsync("http://127.0.0.1:0", ("Portal__Url", url))).ShouldBeRefused($"begins with {path}");
    }

    // In a migrated database: what is refused is the address, not a database that is away.
    private async Task<CommandAnswer> ServeAsync(string address, params (string, string)[] settings) =>
        await PatronCommandLine.ServeAsync(PatronProcess.SettingsFor(await Templates.CopyAsync(databases), settings), "--urls", address);
}
