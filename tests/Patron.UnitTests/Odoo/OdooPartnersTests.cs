using System.Net;
using System.Text.Json.Nodes;
using Patron.Odoo.Client;

namespace Patron.UnitTests.Odoo;

/// <summary>The request for a page of partners, and invalid rows.</summary>
public sealed class OdooPartnersTests
{
    [Fact]
    public async Task Search_reads_existing_stored_fields_by_id_including_archived()
    {
        JsonNode? requests = null;
        var odoo = Server("[]");
        odoo.OnRequest = (path, body) => requests = path.EndsWith("res.partner/search_read", StringComparison.Ordinal) ? body : requests;
        using var client = odoo.Client(RecordedCalls.OptionsWithKey("odoo-19"));
        await new OdooPartners(client).ReadAsync(new PartnerQuery(7, 500) { Since = new DateTimeOffset(2026, 11, 21, 4, 40, 42, TimeSpan.FromHours(2)), Ids = [8, 9] }, default);
        var domain = JsonNode.Parse("""[["id", ">", 7], "|", ["write_date", "=", false], ["write_date", ">=", "2026-11-21 02:40:42"], ["id", "in", [8, 9]]]""");
        Assert.True(JsonNode.DeepEquals(domain, requests!["domain"]), requests["domain"]!.ToJsonString());
        Assert.Equal(("id", 500, false), (requests["order"]!.GetValue<string>(), requests["limit"]!.GetValue<int>(), requests["context"]!["active_test"]!.GetValue<bool>()));
        var fields = requests["fields"]!.AsArray().Select(field => field!.GetValue<string>()).ToList();
        Assert.Contains("complete_name", fields);
        Assert.All(["mobile", "display_name", "credit"], field => Assert.DoesNotContain(field, fields)); // removed in 19, or computed
    }

    [Fact]
    public async Task Invalid_row_is_reported_and_the_others_are_read()
    {
        var odoo = Server("""
            [{"id": 5, "name": "Whole", "write_date": "2026-11-21 02:41:00"},
             {"id": 6, "name": "Half \ud800 a pair", "write_date": "2026-11-21 02:41:00"},
             {"id": 7, "name": "Timeless", "write_date": false},
             {"id": 8, "name": "Whole, too", "write_date": "2026-11-21 02:41:00"},
             {"id": 9, "name": "Some day", "write_date": "some day"}]
            """);
        using var client = odoo.Client(RecordedCalls.OptionsWithKey("odoo-19"));
        var page = await new OdooPartners(client).ReadAsync(new PartnerQuery(0, 500), default);
        Assert.Equal([("Whole", true), ("Timeless", false), ("Whole, too", true)], page.Partners.Select(partner => (partner.Name, partner.WriteDate is not null)));
        Assert.Equal([(6, "It holds a text that is not valid Unicode."), (9, "The time of its last change is no time.")], page.Unreadable);
        Assert.Equal((5, 9), (page.Count, page.LastId));
    }

    // A server of version 19 with the recorded fields of its partners.
    private static ReplayedOdoo Server(string rows)
    {
        var odoo = new ReplayedOdoo(Recording.Read("odoo-19", "version-web"), Recording.Read("odoo-19", "json2-context_get"));
        static HttpResponseMessage Answer(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json) };
        odoo.Fallbacks["/json/2/res.partner/fields_get"] = () => Answer(Recording.Read("odoo-19", "jsonrpc-partner-fields_get").Result!.ToJsonString());
        odoo.Fallbacks["/json/2/res.company/fields_get"] = () => Answer("""{"id": {"type": "integer", "store": true}, "partner_id": {"type": "many2one", "store": true}}""");
        odoo.Fallbacks["/json/2/res.company/search_read"] = () => Answer("""[{"id": 1, "partner_id": [1, "My Company"]}]""");
        odoo.Fallbacks["/json/2/res.partner/search_read"] = () => Answer(rows);
        return odoo;
    }
}
