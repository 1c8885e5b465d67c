using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron doctor</c> checks the company's Odoo, with one line for each section of the dashboard.</summary>
public sealed class DoctorOdooTests(TestDatabase database) : IDisposable
{
    private readonly DataFolder folder = new();

    [Theory]
    [InlineData(17)]
    [InlineData(19)]
    public async Task Readable_sections_are_good_and_missing_modules_are_reported(int version)
    {
        await using var odoo = await StandInOdoo.StartAsync(StandInCompany.Typical(version));

        var (status, findings) = await RunDoctorAsync(odoo);

        Assert.Equal(0, status);
        Assert.Equal(
            [("services", true), ("billing", true), ("arrears", true), ("tickets", true), ("orders", true)],
            Sections(findings).Select(finding => (finding.Text("subject")!["odoo ".Length..], IsGood(finding))));
        Assert.Contains("no model sale.subscription", Words(findings, "services"), StringComparison.Ordinal);
        Assert.Equal("readable", Words(findings, "billing"));
    }

    [Fact]
    public async Task Unreadable_section_is_a_problem_and_names_the_missing_permission()
    {
        await using var odoo = await StandInOdoo.StartAsync(StandInCompany.Typical());
        foreach (var model in new[] { "account.move", "account.move.line", "sale.order" })
        {
            odoo.Company.DenyRobot(model);
        }

        var (status, findings) = await RunDoctorAsync(odoo);

        Assert.Equal(1, status);
        Assert.Equal([false, false, false, true, false], Sections(findings).Select(IsGood));
        foreach (var (section, model) in new[] { ("services", "sale.order"), ("billing", "account.move"), ("arrears", "account.move"), ("orders", "sale.order") })
        {
            Assert.Contains(model, Words(findings, section), StringComparison.Ordinal);
            Assert.Contains("account.group_account_readonly", Words(findings, section), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Missing_permission_for_journal_items_is_reported()
    {
        await using var odoo = await StandInOdoo.StartAsync(StandInCompany.Typical());
        odoo.Company.DenyRobot("account.move.line");

        var (status, findings) = await RunDoctorAsync(odoo);

        Assert.Equal(1, status);
        Assert.Equal([true, true, false, true, true], Sections(findings).Select(IsGood));
        Assert.Contains("account.move.line", Words(findings, "arrears"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_permission_for_order_lines_is_reported()
    {
        await using var odoo = await StandInOdoo.StartAsync(StandInCompany.Typical());
        odoo.Company.DenyRobot("sale.order.line");

        var (status, findings) = await RunDoctorAsync(odoo);

        Assert.Equal(1, status);
        Assert.Equal([true, true, true, true, false], Sections(findings).Select(IsGood));
        Assert.Contains("sale.order.line", Words(findings, "orders"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreachable_Odoo_is_the_only_finding()
    {
        await using var odoo = await StandInOdoo.StartAsync(StandInCompany.Typical());
        var (status, findings) = await RunDoctorAsync(odoo, ("Odoo__ApiKey", "nope"));
        Assert.Equal(1, status);
        Assert.Empty(Sections(findings));
        Assert.False(IsGood(findings.Single(finding => finding.Text("subject") == "odoo")));
    }

    public void Dispose() => folder.Dispose();

    private async Task<(int Status, IReadOnlyList<JsonElement> Findings)> RunDoctorAsync(StandInOdoo odoo, params (string Name, string Value)[] changes)
    {
        var settings = PatronProcess.SettingsFor(
            await database.CreateDatabaseAsync(),
            [("Odoo__Url", odoo.Url.ToString()), ("Odoo__Database", odoo.Database), ("Odoo__User", odoo.Login), ("Odoo__ApiKey", odoo.ApiKey), .. changes]);
        var answer = await PatronCommandLine.RunAsync(settings, ["doctor", "--json", "--data", folder.Location]);
        return (answer.Status, [.. JsonDocument.Parse(answer.Output).RootElement.GetProperty("checks").EnumerateArray()]);
    }

    private static IEnumerable<JsonElement> Sections(IEnumerable<JsonElement> findings) =>
        findings.Where(finding => finding.Text("subject")!.StartsWith("odoo ", StringComparison.Ordinal));

    private static string Words(IEnumerable<JsonElement> findings, string section) => findings.Single(finding => finding.Text("subject") == $"odoo {section}").Text("message")!;

    private static bool IsGood(JsonElement finding) => finding.GetProperty("is_good").GetBoolean();
}
