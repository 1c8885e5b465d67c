using Patron.Tests;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Patron.IntegrationTests.Hosting;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Odoo;

/// <summary>The stand-in answers recorded requests like the real servers: same status, exception and structure.</summary>
public sealed class StandInTests
{
    // Requests that a read-only stand-in need not support.
    private static readonly string[] Unsupported =
    [
        "jsonrpc-partner-write-foreign-key", "jsonrpc-partner-parent-loop", "json2-move-formatted_read_group", "json2-malformed", "json2-empty-body", "json2-array-body", "session-call_kw-no-cookie",
    ];

    [Theory]
    [InlineData("odoo-17", 17)]
    [InlineData("odoo-19", 19)]
    [InlineData("odoo-19-workers", 19)]
    public async Task Stand_in_answers_recorded_requests_like_real_servers(string folder, int version)
    {
        await using var odoo = await StandInOdoo.StartAsync(
            StandInCompany.Typical(version), new StandInSettings { Database = version < 19 ? "erp17" : "erp19", HasWorkers = folder.EndsWith("workers", StringComparison.Ordinal) });
        odoo.Company.AddPartner("J2 A", null); // created and searched during the recording
        using var http = new HttpClient { BaseAddress = odoo.Url };
        var files = Directory.GetFiles(Path.Combine(Checkout.Folder, "tests", "Patron.UnitTests", "Odoo", "wire", folder), "*.json");
        var differences = new List<string>();
        foreach (var file in files.Order(StringComparer.Ordinal).Where(file => !Unsupported.Contains(Path.GetFileNameWithoutExtension(file))))
        {
            var exchange = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            using var request = Request(exchange["request"]!, odoo);
            using var answered = await http.SendAsync(request);
            var (expected, actual) = (Shape(exchange["response"]!), Shape(answered, await answered.Content.ReadAsStringAsync()));
            if (expected != actual)
            {
                differences.Add($"{Path.GetFileNameWithoutExtension(file)}: real {expected}, stand-in {actual}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.InRange(files.Length, 20, 200);
    }

    private static HttpRequestMessage Request(JsonNode recorded, StandInOdoo odoo)
    {
        string? Header(string name) => recorded["headers"]!.AsArray().FirstOrDefault(header => header![0]!.GetValue<string>() == name)?[1]!.GetValue<string>();
        var request = new HttpRequestMessage(new HttpMethod(recorded["method"]!.GetValue<string>()), recorded["path"]!.GetValue<string>());
        if (recorded["body"]?.GetValue<string>() is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(WithKeys(body, odoo)));
            request.Content.Headers.ContentType = Header("Content-Type") is { } type ? MediaTypeHeaderValue.Parse(type) : null;
        }

        if (Header("Authorization") is { } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", WithKeys(authorization, odoo));
        }

        if (Header("X-Odoo-Database") is { } database)
        {
            request.Headers.Add("X-Odoo-Database", database);
        }

        return request;
    }

    // The recordings have letters as keys: for the administrator, Patron's user, and a user with few rights.
    private static string WithKeys(string text, StandInOdoo odoo)
    {
        foreach (var (letter, login) in new[] { ('a', "admin"), ('b', "sync"), ('c', "low") })
        {
            text = text.Replace(new string(letter, 40), odoo.ApiKey.Replace(odoo.Login, login, StringComparison.Ordinal), StringComparison.Ordinal);
        }

        return text;
    }

    private static string Shape(JsonNode response) => Shape(
        response["http_version"]!.GetValue<int>(), response["status"]!.GetValue<int>(),
        response["headers"]!.AsArray().Single(header => header![0]!.GetValue<string>() == "Content-Type")![1]!.GetValue<string>(), response["body"]!.GetValue<string>());

    private static string Shape(HttpResponseMessage response, string body) =>
        Shape((response.Version.Major * 10) + response.Version.Minor, (int)response.StatusCode, $"{response.Content.Headers.ContentType}", body);

    // The structure that clients depend on: not the values, which belong to another company.
    private static string Shape(int httpVersion, int status, string type, string body)
    {
        var head = $"HTTP/{httpVersion} {status} {type.Split(';')[0]}";
        if (!type.StartsWith("application/json", StringComparison.Ordinal))
        {
            return head;
        }

        var json = JsonNode.Parse(body);
        var error = json is JsonObject envelope && envelope.ContainsKey("error") ? envelope["error"]!["data"] : status >= 400 ? json : null;
        return error is not null
            ? $"{head} {error["name"]} code {json!["error"]?["code"]} id {json["id"]} {error["message"]!.GetValue<string>().Split('\n')[0].Split(' ')[0]}"
            : $"{head} {Kind(json is JsonObject result && result.ContainsKey("jsonrpc") ? result["result"] : json)}";
    }

    private static string Kind(JsonNode? value) => value switch
    {
        null => "none",
        JsonArray { Count: > 0 } list => $"[{Kind(list[0])}]",
        JsonArray => "[]",
        JsonObject { Count: > 10 } => "{...}",
        JsonObject row => $"{{{string.Join(' ', row.Select(field => field.Key).Order(StringComparer.Ordinal))}}}",
        _ => $"{value.GetValueKind()}",
    };
}
