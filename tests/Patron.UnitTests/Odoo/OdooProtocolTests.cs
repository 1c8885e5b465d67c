using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.Odoo;
using Patron.Odoo.Client;

namespace Patron.UnitTests.Odoo;

/// <summary>The client's requests equal recorded ones, and it reads the recorded responses.</summary>
public sealed class OdooProtocolTests
{
    private static readonly string[] Reads =
    [
        "jsonrpc-authenticate-ok", "jsonrpc-authenticate-api-key", "jsonrpc-partner-fields_get", "jsonrpc-partner-search_read-page1", "jsonrpc-partner-search_read-page-100",
        "jsonrpc-partner-search_read-keyset", "jsonrpc-partner-search_read-since-write_date", "jsonrpc-partner-search_read-archived", "jsonrpc-partner-search_read-child-contacts",
        "jsonrpc-partner-search_read-past-end", "jsonrpc-partner-search_read-context-lang", "jsonrpc-partner-search_read-no-email", "jsonrpc-partner-search_read-odd-emails",
        "jsonrpc-partner-search_read-non-latin", "jsonrpc-partner-search_read-long-phone", "jsonrpc-partner-search", "jsonrpc-partner-search_count",
        "jsonrpc-partner-search_count-active-test-off", "jsonrpc-partner-read-missing", "jsonrpc-move-search_read-of-partner", "jsonrpc-sale-order-of-partner",
        "jsonrpc-user-context_get",
    ];

    private static readonly string[] ReadsOfJson2 =
    [
        "json2-context_get", "json2-fields_get", "json2-move-formatted_read_group", "json2-move-overdue-of-partner", "json2-move-search_read", "json2-read-missing", "json2-read",
        "json2-sale-order-search_read", "json2-search", "json2-search_count", "json2-search_read-archived-context", "json2-search_read-empty", "json2-search_read-keyset",
        "json2-search_read-page-100", "json2-search_read-page1",
    ];

    public static TheoryData<string, string> Recorded =>
    [
        .. Reads.SelectMany(name => new[] { ("odoo-17", name), ("odoo-19", name) }),
        .. ReadsOfJson2.Select(name => ("odoo-19", name)),
        ("odoo-19-workers", "jsonrpc-authenticate-ok"), ("odoo-19-workers", "jsonrpc-partner-search_read-page1"),
        ("odoo-19-workers", "json2-search_count"), ("odoo-19-workers", "json2-search_read-page1"),
    ];

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task Call_and_response_match_the_recording(string folder, string name)
    {
        var recording = Recording.Read(folder, name);
        var answer = await recording.RepeatAsync(folder, exact: true);
        Assert.True(JsonNode.DeepEquals(recording.Result, JsonNode.Parse(answer.GetRawText())), answer.GetRawText());
    }

    [Fact]
    public async Task Version_17_uses_JSON_RPC()
    {
        var odoo = Server("odoo-17");
        odoo.Fallbacks["/web/version"] = Recording.Read("odoo-17", "json-version").ToResponse; // 17 has neither page.
        using var client = odoo.Client(RecordedCalls.Options("odoo-17"));
        Assert.Equal(new OdooVersion(17, "17.0"), await client.VersionAsync(default));
        Assert.Equal(473, await client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal(["jsonrpc-common-version", "jsonrpc-authenticate-ok", "jsonrpc-partner-search_count"], odoo.Answered);
    }

    [Theory]
    [InlineData("odoo-19", "json2-context_get")]
    [InlineData("odoo-19-workers", null)]
    public async Task Version_19_uses_JSON_2(string folder, string? contextGet)
    {
        var odoo = Server(folder);
        odoo.Fallbacks["/json/2/res.users/context_get"] = Recording.Read("odoo-19", "json2-context_get").ToResponse;
        using var client = odoo.Client(RecordedCalls.OptionsWithKey(folder));
        Assert.Equal(new OdooVersion(19, "19.0"), await client.VersionAsync(default));
        Assert.Equal(473, await client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal(new[] { "version-web", contextGet, "json2-search_count" }.OfType<string>(), odoo.Answered);
    }

    [Fact]
    public async Task Password_or_refused_key_falls_back_to_JSON_RPC_with_a_login()
    {
        var odoo = Server("odoo-19");
        odoo.Fallbacks["/json/2/res.users/context_get"] = Recording.Read("odoo-19", "json2-wrong-key").ToResponse;
        using var client = odoo.Client(RecordedCalls.Options("odoo-19"));
        Assert.Equal(473, await client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal(["version-web", "jsonrpc-authenticate-ok", "jsonrpc-partner-search_count"], odoo.Answered);

        var options = RecordedCalls.Options("odoo-19");
        options.User = null;
        using var without = odoo.Client(options);
        Assert.Equal(OdooFailure.Refused, (await Assert.ThrowsAsync<OdooException>(() => without.VersionAsync(default))).Kind);
    }

    [Fact]
    public async Task Configured_protocol_is_used()
    {
        var odoo = Server("odoo-19");
        var options = RecordedCalls.Options("odoo-19");
        options.Protocol = OdooProtocol.JsonRpc;
        using var client = odoo.Client(options);
        Assert.Equal(473, await client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Contains("jsonrpc-partner-search_count", odoo.Answered);

        var old = Server("odoo-17");
        old.Fallbacks["/web/version"] = Recording.Read("odoo-17", "json-version").ToResponse;
        options = RecordedCalls.Options("odoo-17");
        options.Protocol = OdooProtocol.Json2;
        using var impossible = old.Client(options);
        var failure = await Assert.ThrowsAsync<OdooException>(() => impossible.VersionAsync(default));
        Assert.Equal(OdooFailure.Refused, failure.Kind);
        Assert.Contains("17.0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_result_is_None()
    {
        var odoo = new ReplayedOdoo();
        odoo.Fallbacks["/jsonrpc"] = Recording.Read("odoo-17", "session-destroy").ToResponse;
        var options = RecordedCalls.Options("odoo-17");
        var connection = new JsonRpcConnection(odoo.Http(options), options, new OdooVersion(17, "17.0"), 8);
        Assert.Equal(JsonValueKind.Null, (await connection.CallAsync(new OdooCall("res.partner", "write"), [], default)).ValueKind);
    }

    [Fact]
    public async Task Missing_fields_are_not_requested()
    {
        var (seventeen, nineteen) = (Server("odoo-17"), Server("odoo-19"));
        seventeen.Fallbacks["/web/version"] = Recording.Read("odoo-17", "json-version").ToResponse;
        seventeen.Fallbacks["/jsonrpc"] = Recording.Read("odoo-17", "jsonrpc-partner-fields_get").ToResponse;
        nineteen.Fallbacks["/json/2/res.partner/fields_get"] = FieldsOf19;
        using var old = seventeen.Client(RecordedCalls.Options("odoo-17"));
        using var current = nineteen.Client(RecordedCalls.OptionsWithKey("odoo-19"));
        var before = await old.FieldsOfAsync("res.partner", default);
        var after = await current.FieldsOfAsync("res.partner", default);
        Assert.Equal((146, 161), (before.Count, after.Count));
        Assert.Equal(["mobile", "title"], new[] { "mobile", "title", "phone" }.Where(field => before.ContainsKey(field) && !after.ContainsKey(field)));
        Assert.Equal(new OdooField("char", IsStored: false), after["display_name"]);
        Assert.Equal(new OdooField("char", IsStored: true), after["phone"]);
        Assert.Same(after, await current.FieldsOfAsync("res.partner", default));
    }

    // The response of JSON-2: the bare value that JSON-RPC wraps.
    private static HttpResponseMessage FieldsOf19() => new(HttpStatusCode.OK)
    {
        Content = new StringContent(Recording.Read("odoo-19", "jsonrpc-partner-fields_get").Result!.ToJsonString()),
    };

    private static ReplayedOdoo Server(string folder) => new(Recording.All(folder));
}
