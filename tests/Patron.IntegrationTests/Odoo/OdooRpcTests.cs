using System.Globalization;
using System.Text.Json;
using Patron.IntegrationTests.Outside;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Odoo;

/// <summary>OdooRPC, written for real servers, gets the same results from the stand-in as in its recorded exchanges.</summary>
public sealed class OdooRpcTests
{
    [Theory]
    [InlineData(17, 492, 146, 341)]
    [InlineData(19, 491, 161, 340)]
    public async Task Client_of_real_servers_gets_the_recorded_results(int version, int withArchived, int fields, long first)
    {
        await using var odoo = await StandInOdoo.StartAsync(StandInCompany.Typical(version), new StandInSettings { HasWorkers = version == 19 });
        var script = Path.Combine(ClientPrograms.Folder, "odoo_partners.py");
        string[] arguments = [script, odoo.Url.Host, odoo.Url.Port.ToString(CultureInfo.InvariantCulture), odoo.Database, "admin", "admin"];
        var (status, output, errors) = await OutsideProgram.RunAsync(await ClientPrograms.PythonAsync("odoorpc"), arguments, environment: ("PYTHONUTF8", "1"));
        Assert.True(status == 0, output + errors);
        var seen = JsonDocument.Parse(output).RootElement;
        Assert.Equal($"{version}.0", seen.GetProperty("version").GetString());
        Assert.Equal(odoo.Database, Assert.Single(seen.GetProperty("databases").EnumerateArray()).GetString());
        Assert.Equal((473, withArchived, fields), (Number(seen, "count"), Number(seen, "with_archived"), seen.GetProperty("fields").GetArrayLength()));
        var companies = seen.GetProperty("companies").EnumerateArray().ToList();
        Assert.All(companies, company => Assert.Equal("100% Organic, Inc.", company.GetProperty("name").GetString()));
        Assert.Contains(companies, company => company.GetProperty("country").GetString() == "Germany");
        Assert.Equal($$"""[{"id": {{first}}, "name": "100% Organic, Inc."}]""", seen.GetProperty("first").GetRawText());
        Assert.Equal("[]", seen.GetProperty("missing").GetRawText());
        Assert.Equal(("Gweru", "[]"), (seen.GetProperty("made").GetString(), seen.GetProperty("left").GetRawText()));
        Assert.Equal("builtins.ValueError", seen.GetProperty("unknown_field").GetString());
        Assert.Contains("Object helpdesk.ticket doesn't exist", seen.GetProperty("unknown_model").GetString(), StringComparison.Ordinal);
        Assert.Equal("odoo.exceptions.AccessDenied", seen.GetProperty("wrong_password").GetString());
    }

    private static int Number(JsonElement seen, string name) => seen.GetProperty(name).GetInt32();
}
