using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.Erp;
using Patron.Erp.Partners;
using Patron.Odoo.Client;

namespace Patron.UnitTests.Odoo;

/// <summary>Recorded rows of res.partner are converted to partners: empty values become null, others are kept.</summary>
public sealed class PartnerRowTests
{
    [Theory]
    [InlineData("odoo-17", "jsonrpc-partner-search_read-page-100")]
    [InlineData("odoo-19", "jsonrpc-partner-search_read-page-100")]
    [InlineData("odoo-19", "json2-search_read-page-100")]
    [InlineData("odoo-19-workers", "json2-search_read-page1")]
    public void Recorded_page_is_read_completely(string folder, string name)
    {
        var rows = Recording.Read(folder, name).Result!.AsArray();
        var partners = rows.Select(row => Read(row!)).ToList();
        Assert.All(rows.Zip(partners), pair => AssertSame(pair.First!, pair.Second));
        Assert.Contains(partners, partner => partner is { IsCompany: true, Country: not null });
    }

    [Theory]
    [InlineData("odoo-17")]
    [InlineData("odoo-19")]
    public void Child_without_a_name_gets_its_parents_name(string folder)
    {
        var partners = Recording.Read(folder, "jsonrpc-partner-search_read-child-contacts").Result!.AsArray().Select(row => Read(row!)).ToList();
        Assert.StartsWith("Kenac Computer Systems, Invoice", partners[0].Name, StringComparison.Ordinal);
        Assert.All(partners, partner => Assert.NotNull(partner.ParentId));
        Assert.Contains(partners, partner => partner.Name == "Đặng Håkonsson");
    }

    [Theory]
    [InlineData("odoo-17")]
    [InlineData("odoo-19")]
    public void Contacts_belong_to_another_commercial_entity_and_companies_to_themselves(string folder)
    {
        Assert.All(Recording.Read(folder, "jsonrpc-partner-search_read-child-contacts").Result!.AsArray(), row => Assert.False(Read(row!).IsOwnCommercialEntity));
        Assert.All(Recording.Read(folder, "jsonrpc-partner-search_read-page-100").Result!.AsArray(), row => Assert.True(Read(row!).IsOwnCommercialEntity));
    }

    [Theory]
    [InlineData("""{"id": 7, "name": "A", "parent_id": [6, "P"], "commercial_partner_id": [7, "A"], "is_company": true}""", true)]
    [InlineData("""{"id": 7, "name": "A", "parent_id": [6, "P"], "commercial_partner_id": [6, "P"], "is_company": false}""", false)]
    [InlineData("""{"id": 7, "name": "A", "parent_id": false, "commercial_partner_id": false}""", true)]
    [InlineData("""{"id": 7, "name": "A", "parent_id": [6, "P"], "is_company": true}""", true)]
    [InlineData("""{"id": 7, "name": "A", "parent_id": [6, "P"], "is_company": false}""", false)]
    public void Subsidiary_is_its_own_commercial_entity(string row, bool isOwn) => Assert.Equal(isOwn, Read(JsonNode.Parse(row)!).IsOwnCommercialEntity);

    [Fact]
    public void Partner_without_any_name_is_named_by_its_id() =>
        Assert.Equal("Partner 358", Read(JsonNode.Parse("""{"id": 358, "name": false, "display_name": "  ", "write_date": "2026-11-21 02:41:00"}""")!).Name);

    [Theory]
    [InlineData("odoo-17")]
    [InlineData("odoo-19")]
    public void Archived_partners_are_inactive(string folder) =>
        Assert.All(Recording.Read(folder, "jsonrpc-partner-search_read-archived").Result!.AsArray(), row => Assert.False(Read(row!).IsActive));

    [Fact]
    public void State_is_read_without_its_country() =>
        Assert.Contains(
            Recording.Read("odoo-19", "jsonrpc-partner-search_read-page-100").Result!.AsArray(),
            row => row!["state_id"] is JsonArray pair && pair[1]!.GetValue<string>() == "New York (US)" && Read(row).State == "New York");

    [Fact]
    public void Odd_addresses_and_long_phones_are_kept_unchanged()
    {
        var odd = Recording.Read("odoo-19", "jsonrpc-partner-search_read-odd-emails").Result!.AsArray().Select(row => Read(WithTime(row!)).Email).ToList();
        Assert.Contains("\"Müller GmbH & Co. KG\" <Accounts@C004.Example.com>", odd);
        Assert.Contains("sales+odoo@c002.example.org", odd); // surrounding spaces are not part of the address
        var phones = Recording.Read("odoo-19", "jsonrpc-partner-search_read-long-phone").Result!.AsArray().Select(row => Read(WithTime(row!)).Phone).ToList();
        Assert.Contains("Tel: +263 (0)242 700-123/4/5/6, Fax +263 (0)242 700-999, Cell +263 77 000 0000", phones);
    }

    [Theory]
    [InlineData("odoo-17")]
    [InlineData("odoo-19")]
    public void False_empty_and_blank_values_are_null(string folder)
    {
        var rows = Recording.Read(folder, "jsonrpc-partner-search_read-no-email").Result!.AsArray();
        Assert.All(rows, row => Assert.Null(Read(WithTime(row!)).Email));
        Assert.Null(Read(JsonNode.Parse("""{"id": 1, "name": "A", "email": "   ", "phone": "", "write_date": "2026-11-21 02:41:00"}""")!).Email);
    }

    [Theory]
    [InlineData("Tab\there", "Tab\there")]
    [InlineData(" <b>Bold & Sons</b> ", "<b>Bold & Sons</b>")]
    [InlineData("O'Neill\"; DROP TABLE", "O'Neill\"; DROP TABLE")]
    [InlineData("Nul\u0000and\u0007bell", "Nulandbell")]
    [InlineData("A\uFFFE B", "A\uFFFD B")]
    [InlineData("שלום ٣ 株式会社 👩‍🚀", "שלום ٣ 株式会社 👩‍🚀")]
    public void Names_in_every_script_are_kept(string written, string read) =>
        Assert.Equal(read, Read(new JsonObject { ["id"] = 5, ["name"] = written, ["write_date"] = "2026-11-21 02:41:00" }).Name);

    [Theory]
    [InlineData("/", null)]
    [InlineData(" - ", null)]
    [InlineData("--", null)]
    [InlineData("–", null)]
    [InlineData("/ZW1", "/ZW1")]
    [InlineData("DE 123-456/789", "DE 123-456/789")]
    [InlineData("税号", "税号")]
    public void VAT_of_punctuation_is_not_a_tax_id(string written, string? read) =>
        Assert.Equal(read, Read(new JsonObject { ["id"] = 5, ["name"] = "A", ["vat"] = written }).TaxId);

    [Theory]
    [InlineData("de_DE", "de-DE")]
    [InlineData("en_US", "en-US")]
    [InlineData("es_419", "es-419")]
    [InlineData("fr", "fr")]
    [InlineData("sr@latin", "sr-Latn")]
    [InlineData("sr@Cyrl", "sr-Cyrl")]
    [InlineData("uz_UZ@Cyrl", "uz-Cyrl-UZ")]
    [InlineData("zh_CN", "zh-CN")]
    [InlineData("ca_ES@valencia", "ca-ES")]
    [InlineData("", null)]
    [InlineData("no language", null)]
    public void Language_is_read_as_a_BCP_47_tag(string written, string? read) =>
        Assert.Equal(read, Read(new JsonObject { ["id"] = 5, ["name"] = "A", ["lang"] = written }).Language);

    [Theory]
    [InlineData("odoo-17")]
    [InlineData("odoo-19")]
    public void Recorded_partners_have_English_as_language(string folder) =>
        Assert.All(Recording.Read(folder, "jsonrpc-partner-search_read-page-100").Result!.AsArray(), row => Assert.Equal("en-US", Read(row!).Language));

    [Theory]
    [InlineData(true, 5, false)]
    [InlineData(false, 5, true)]
    [InlineData(true, 1, true)]
    public void ERP_users_and_the_company_itself_are_internal(bool isShared, long id, bool isInternal) =>
        Assert.Equal(isInternal, Read(new JsonObject { ["id"] = id, ["name"] = "A", ["partner_share"] = isShared, ["write_date"] = "2026-11-21 02:41:00" }).IsInternal);

    [Theory]
    [InlineData("""{"id": 7, "name": "A", "write_date": false}""")]
    [InlineData("""{"id": 7, "name": "A", "write_date": null}""")]
    [InlineData("""{"id": 7, "name": "A"}""")]
    public void Partner_without_a_write_date_is_read(string row) => Assert.Equal(new ErpPartner("7", 7, "A"), Read(JsonNode.Parse(row)!));

    [Theory]
    [InlineData("""{"name": "A", "write_date": "2026-11-21 02:41:00"}""")]
    [InlineData("""{"id": 7, "name": "A", "write_date": "0001-01-01 00:00:00"}""")]
    [InlineData("""{"id": 7, "name": "A", "write_date": ""}""")]
    [InlineData("""{"id": 7, "name": "A", "write_date": 1764000000}""")]
    [InlineData("""[7]""")]
    public void Invalid_row_is_not_a_partner(string row) => Assert.Throws<FormatException>(() => Read(JsonNode.Parse(row)!));

    [Fact]
    public void Name_of_control_characters_and_text_of_a_megabyte_are_refused()
    {
        Assert.Equal("Partner 5", Read(new JsonObject { ["id"] = 5, ["name"] = "\u0007\0", ["write_date"] = "2026-11-21 02:41:00" }).Name);
        var refused = Assert.Throws<FormatException>(() => Read(new JsonObject { ["id"] = 5, ["name"] = "A", ["city"] = new string('x', 1_000_000), ["write_date"] = "2026-11-21 02:41:00" }));
        Assert.Equal("Its city is longer than 100000 characters.", refused.Message);
    }

    private static ErpPartner Read(JsonNode row) => PartnerRow.Read(JsonSerializer.SerializeToElement(row), new HashSet<long> { 1 });

    // Some rows were recorded without the time.
    private static JsonNode WithTime(JsonNode row)
    {
        var copy = row.DeepClone();
        copy["write_date"] = "2026-11-21 02:41:00";
        return copy;
    }

    private static void AssertSame(JsonNode row, ErpPartner partner)
    {
        Assert.Equal((row["id"]!.ToString(), row["id"]!.GetValue<long>()), (partner.Id, partner.Rank));
        Assert.Equal(row["write_date"]!.GetValue<string>() + "Z", partner.WriteDate?.ToString("u"));
        Assert.Equal((row["is_company"]!.GetValue<bool>(), row["active"]!.GetValue<bool>()), (partner.IsCompany, partner.IsActive));
        foreach (var (field, value) in new[]
        {
            ("name", partner.Name), ("email", partner.Email), ("phone", partner.Phone), ("mobile", partner.Mobile), ("street", partner.Street), ("street2", partner.Street2),
            ("city", partner.City), ("zip", partner.PostalCode), ("website", partner.Website), ("vat", partner.TaxId), ("ref", partner.Reference),
        })
        {
            Assert.Equal(row[field]?.GetValueKind() == JsonValueKind.String && row[field]!.GetValue<string>().Trim() is { Length: > 0 } text ? text : null, value);
        }

        Assert.Equal(row["country_id"] is JsonArray country ? country[1]!.GetValue<string>() : null, partner.Country);
    }
}
