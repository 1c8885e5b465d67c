using System.Net;
using System.Net.Http.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Xunit.Sdk;

namespace Patron.IntegrationTests.ApiTraffic;

/// <summary>
/// The check of all other tests' traffic must report every difference from the document, and must really check what passes.
/// </summary>
public sealed class ApiTrafficTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Good =
        """{"id": "0198c0de-0000-7000-8000-000000000001", "name": "Ann", "age": 34, "color": "red", "parent": null, "seen": "2024-01-15T10:30:00Z", "marks": {"maths": [1, 2]}}""";

    private static readonly ApiDescription Things = new(
        """
        {
          "paths": {
            "/things/{id}": {
              "get": {
                "parameters": [
                  {"name": "id", "in": "path", "schema": {"type": "string", "format": "uuid"}},
                  {"name": "limit", "in": "query", "schema": {"type": ["null", "integer"], "format": "int32"}},
                  {"name": "all", "in": "query", "schema": {"type": "boolean"}}
                ],
                "responses": {
                  "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                  "204": {},
                  "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}}
                }
              },
              "put": {
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {"204": {}, "422": {}}
              }
            },
            "/things/best": {"get": {"responses": {"204": {}}}},
            "/{kind}/best": {"get": {"responses": {"204": {}}}}
          },
          "components": {
            "schemas": {
              "Thing": {
                "type": "object",
                "required": ["id", "name", "age"],
                "properties": {
                  "id": {"type": "string", "format": "uuid"},
                  "name": {"type": "string"},
                  "age": {"type": "integer", "format": "int32"},
                  "color": {"enum": ["red", null]},
                  "parent": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Thing"}]},
                  "seen": {"type": ["null", "string"], "format": "date-time"},
                  "born": {"type": "string", "format": "date"},
                  "marks": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}},
                  "size": {"type": "integer", "multipleOf": 2},
                  "free": {"type": "object"}
                }
              }
            }
          }
        }
        """);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"color": null, "seen": null, "marks": {}}""")]
    [InlineData("""{"parent": {"id": "0198c0de-0000-7000-8000-000000000002", "name": "Eve", "age": 60}}""")]
    [InlineData("""{"seen": "2024-01-15T10:30:00.1234567+02:00", "born": "1990-02-28", "free": {"whatever": [1, "a"]}}""")]
    public void Answer_that_matches_the_document_passes(string change) => Assert.Empty(Get(Good.With(change)));

    [Theory]
    [InlineData("""{"name": 1}""", "$.name", "integer")]
    [InlineData("""{"name": null}""", "$.name", "null")]
    [InlineData("""{"age": "34"}""", "$.age", "string")]
    [InlineData("""{"age": 1.5}""", "$.age", "number")]
    [InlineData("""{"age": 3000000000}""", "$.age", "int32")]
    [InlineData("""{"id": "1"}""", "$.id", "uuid")]
    [InlineData("""{"color": "blue"}""", "$.color", "one of")]
    [InlineData("""{"seen": "2024-01-15T10:30:00"}""", "$.seen", "date-time")]
    [InlineData("""{"seen": "2024-13-15T10:30:00Z"}""", "$.seen", "date-time")]
    [InlineData("""{"born": "1990-02-30"}""", "$.born", "date")]
    [InlineData("""{"parent": {"id": "0198c0de-0000-7000-8000-000000000002", "name": "Eve"}}""", "$.parent.age", "missing")]
    [InlineData("""{"marks": {"maths": 1}}""", "$.marks.maths", "array")]
    [InlineData("""{"marks": {"maths": [1, "2"]}}""", "$.marks.maths[1]", "integer")]
    [InlineData("""{"nickname": "Annie"}""", "$.nickname", "not documented")]
    [InlineData("""{"size": 2}""", "$.size", "multipleOf")]
    public void Answer_that_differs_from_the_document_is_reported(string change, string path, string words)
    {
        var finding = Assert.Single(Get(Good.With(change)));
        Assert.StartsWith($"answer {path}:", finding, StringComparison.Ordinal);
        Assert.Contains(words, finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "is array")]
    [InlineData("{", "not JSON")]
    [InlineData("", "not JSON")]
    public void Answer_of_another_kind_is_reported(string body, string words) => Assert.Contains(words, Assert.Single(Get(body)), StringComparison.Ordinal);

    [Theory]
    [InlineData(418, "application/json", "{}", "418 is not documented")]
    [InlineData(200, "text/plain", Good, "text/plain")]
    [InlineData(200, null, Good, "''")]
    [InlineData(404, "application/json", "{}", "application/problem+json")]
    [InlineData(204, "application/json", "{}", "none is documented")]
    public void Undocumented_status_or_content_type_is_reported(int status, string? type, string body, string words) =>
        Assert.Contains(words, Assert.Single(Findings("GET", "/things/0198c0de-0000-7000-8000-000000000001", status, body, type)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"name": 7}""", 204, "request $.name")]
    [InlineData("""{"name": 7}""", 422, null)]
    [InlineData("""{"nickname": "Annie"}""", 204, null)]
    public void Successful_request_is_checked_and_may_have_additional_members(string change, int status, string? expected)
    {
        var findings = Findings("PUT", "/things/1", status, "", null, Good.With(change));
        Assert.Equal(expected is null ? [] : [expected], findings.Select(finding => finding.Split(':')[0]));
    }

    [Theory]
    [InlineData("0198c0de-0000-7000-8000-000000000001?limit=5&all=true", null)]
    [InlineData("0198c0de-0000-7000-8000-000000000001?limit=many", "query limit")]
    [InlineData("0198c0de-0000-7000-8000-000000000001?all=1", "query all")]
    [InlineData("0198c0de-0000-7000-8000-000000000001?color=red", "query color")]
    [InlineData("1", "path id")]
    public void Path_and_query_parameters_are_checked(string address, string? expected)
    {
        var findings = Findings("GET", $"/things/{address}", 204, "", null);
        Assert.Equal(expected is null ? [] : [expected], findings.Select(finding => finding.Split(':')[0]));
    }

    [Theory]
    [InlineData("GET", "/things/best", "GET /things/best")]
    [InlineData("GET", "/Things/BEST/", "GET /things/best")]
    [InlineData("GET", "/things/other/", "GET /things/{id}")]
    [InlineData("GET", "/others/best", "GET /{kind}/best")]
    [InlineData("PUT", "/things/best", "PUT /things/{id}")]
    [InlineData("POST", "/things/best", null)]
    [InlineData("GET", "/things/", null)]
    [InlineData("GET", "/things/1/2", null)]
    public void Operation_is_matched_like_the_servers_routing(string method, string path, string? expected) =>
        Assert.Equal(expected, Things.Find(method, At(path))?.Name);

    [Theory]
    [InlineData("GET", CustomerIntents.Api + "CUST_00000000", "GET /api/v1/customers/{customer_id}", HttpStatusCode.NotFound)]
    [InlineData("GET", CustomerIntents.Api + "username/nobody/", "GET /api/v1/customers/username/{username}", HttpStatusCode.NotFound)]
    [InlineData("GET", CustomerIntents.Api, "GET /api/v1/customers", HttpStatusCode.OK)]
    [InlineData("PROPFIND", CustomerIntents.Api, null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/nothing/here", null, HttpStatusCode.NotFound)]
    public async Task Traffic_of_a_test_client_is_checked(string method, string path, string? operation, HttpStatusCode status)
    {
        using var response = await app.Customers.SendAsync(new HttpMethod(method), path, await app.SomeStaffAsync());
        Assert.Equal(status, response.StatusCode);
        response.RequestMessage!.Options.TryGetValue(CheckedTraffic.CheckedOperation, out var judged);
        Assert.Equal(operation, judged);
    }

    [Fact]
    public async Task Traffic_that_differs_from_the_document_fails_its_test()
    {
        var staff = await app.SomeStaffAsync();
        var failure = await Assert.ThrowsAnyAsync<XunitException>(() => app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api + "?nonsense=1", staff));
        Assert.Contains("GET /api/v1/customers is not as docs/openapi.json says:\nquery nonsense: is not documented", failure.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Get(string answer) => Findings("GET", "/things/0198c0de-0000-7000-8000-000000000001", 200, answer);

    private static IReadOnlyList<string> Findings(string method, string path, int status, string body, string? type = "application/json", string? request = null)
    {
        var exchange = new Exchange(method, At(path), request, status, type, body);
        return [.. Things.Find(method, exchange.Address)!.Findings(exchange)];
    }

    private static Uri At(string path) => new($"http://things.example{path}");
}

file static class JsonText
{
    /// <summary>The object with the members of the other one set.</summary>
    public static string With(this string json, string changes)
    {
        var changed = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(changes)!.AsObject())
        {
            changed[name] = value?.DeepClone();
        }

        return changed.ToJsonString();
    }
}
