using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Patron.Hosting;
using Patron.Shared;
using Patron.Tests;

namespace Patron.UnitTests.Architecture;

public sealed partial class DeploymentTests
{
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["Keys__Master"] = Convert.ToBase64String(new byte[32]),
        ["PATRON_ADMIN_EMAIL"] = "admin@example.com",
        ["Portal__Url"] = "https://portal.example.com",
    };

    [Fact]
    public void Settings_of_the_compose_file_are_accepted()
    {
        var compose = File.ReadAllText(Path.Combine(Checkout.Folder, "deploy", "compose.yaml"));
        var patron = compose[..compose.IndexOf("\n  postgres:", StringComparison.Ordinal)];
        var names = Settings().Matches(patron[patron.IndexOf("environment:", StringComparison.Ordinal)..]).Select(match => match.Groups["name"].Value).ToList();
        Assert.Contains("ConnectionStrings__Patron", names);

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            names.Select(name => KeyValuePair.Create(name.Replace("__", ":", StringComparison.Ordinal), (string?)Values.GetValueOrDefault(name, "Host=postgres")))).Build();

        Assert.NotNull(SettingsReader.Read(configuration, ProcessRole.All, Path.GetTempPath()).ConnectionString);
    }

    [Fact]
    public void Image_and_service_start_the_program_with_the_data_folder_that_they_keep()
    {
        var image = File.ReadAllText(Path.Combine(Checkout.Folder, "deploy", "Containerfile"));
        var service = File.ReadAllText(Path.Combine(Checkout.Folder, "deploy", "patron.service"));

        Assert.Matches("(?m)^USER patron$", image);
        Assert.Matches("(?m)^VOLUME /var/lib/patron$", image);
        Assert.Contains("\"--data\", \"/var/lib/patron\"", image, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:8000/health/ready", image, StringComparison.Ordinal);
        Assert.Matches("(?m)^User=patron$", service);
        Assert.Matches("(?m)^StateDirectory=patron$", service);
        Assert.Matches("(?m)^ExecStart=/opt/patron/patron serve --data /var/lib/patron ", service);
    }

    [GeneratedRegex("^      (?<name>[A-Za-z_]+): ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Settings();
}
