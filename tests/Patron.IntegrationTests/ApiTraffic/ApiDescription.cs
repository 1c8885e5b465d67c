using System.Globalization;
using Patron.Tests;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.ApiTraffic;

/// <summary>A request and its answer.</summary>
public sealed record Exchange(string Method, Uri Address, string? RequestBody, int Status, string? ContentType, string Body);

/// <summary>The operations of an OpenAPI document, matched by method and path like the server's routing.</summary>
public sealed class ApiDescription
{
    private readonly ILookup<string, DescribedOperation> operations;

    public ApiDescription(string json)
    {
        var document = JsonDocument.Parse(json).RootElement;
        operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => new DescribedOperation(document, operation.Name.ToUpperInvariant(), path.Name, operation.Value)))
            .OrderBy(operation => operation.Precedence, StringComparer.Ordinal)
            .ToLookup(operation => operation.Method, StringComparer.Ordinal);
    }

    /// <summary>docs/openapi.json. OpenApiTests check that it is the served document.</summary>
    public static ApiDescription Committed { get; } = new(File.ReadAllText(Path.Combine(Checkout.Folder, "docs", "openapi.json")));

    /// <summary>The operation of the request; null if it is not in the document.</summary>
    public DescribedOperation? Find(string method, Uri address)
    {
        var segments = Segments(address.AbsolutePath);
        return operations[method].FirstOrDefault(operation => operation.Matches(segments));
    }

    internal static string[] Segments(string path) => (path.EndsWith('/') ? path[..^1] : path).Split('/');
}

/// <summary>An operation of the document, which checks requests and answers.</summary>
public sealed class DescribedOperation
{
    private readonly JsonElement document;
    private readonly JsonElement operation;
    private readonly string[] template;
    private readonly List<JsonElement> parameters;
    private readonly SchemaCheck requests;
    private readonly SchemaCheck answers;

    internal DescribedOperation(JsonElement document, string method, string path, JsonElement operation)
    {
        (this.document, Method, Name, this.operation, template) = (document, method, $"{method} {path}", operation, ApiDescription.Segments(path));
        parameters = operation.TryGetProperty("parameters", out var given) ? [.. given.EnumerateArray()] : [];
        requests = new SchemaCheck(document, areClosed: false); // Unknown fields are ignored (contract, 'Common to all').
        answers = new SchemaCheck(document, areClosed: true);
    }

    public string Method { get; }

    /// <summary>Method and path template, for messages.</summary>
    public string Name { get; }

    // Sorts literal segments before parameters.
    internal string Precedence => string.Join('/', template.Select(segment => IsParameter(segment) ? "~" : segment));

    internal bool Matches(string[] segments) => segments.Length == template.Length && template.Zip(segments).All(pair =>
        IsParameter(pair.First) ? pair.Second.Length > 0 : string.Equals(pair.First, Uri.UnescapeDataString(pair.Second), StringComparison.OrdinalIgnoreCase));

    /// <summary>The differences from the document: of the answer always, of the request only if it succeeded.</summary>
    public IEnumerable<string> Findings(Exchange exchange)
    {
        var responses = operation.GetProperty("responses");
        if (!responses.TryGetProperty($"{exchange.Status}", out var response))
        {
            return [$"the status {exchange.Status} is not documented, only {string.Join(", ", responses.EnumerateObject().Select(known => known.Name))}: {exchange.Body}"];
        }

        var findings = InAnswer(exchange, document.Follow(response));
        return exchange.Status < 300 ? findings.Concat(InBody(exchange)).Concat(InPath(exchange)).Concat(InQuery(exchange)) : findings;
    }

    private IEnumerable<string> InAnswer(Exchange exchange, JsonElement response)
    {
        if (!response.TryGetProperty("content", out var contents))
        {
            return exchange.Body.Length == 0 ? [] : [$"the answer has a body, but none is documented for {exchange.Status}: {exchange.Body}"];
        }

        return contents.TryGetProperty(exchange.ContentType ?? "", out var content)
            ? IsFile(content) ? [] : InJson(exchange.Body, content, answers, "answer")
            : [$"the answer is '{exchange.ContentType}', but {string.Join(" or ", contents.EnumerateObject().Select(known => known.Name))} is documented for {exchange.Status}"];
    }

    private static bool IsFile(JsonElement content) => content.GetProperty("schema").TryGetProperty("format", out var format) && format.ValueEquals("binary");

    private IEnumerable<string> InBody(Exchange exchange)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            return string.IsNullOrEmpty(exchange.RequestBody) ? [] : ["the request has a body, but none is documented"];
        }

        return InJson(exchange.RequestBody ?? "", body.GetProperty("content").GetProperty("application/json"), requests, "request");
    }

    private static IEnumerable<string> InJson(string text, JsonElement content, SchemaCheck check, string place)
    {
        try
        {
            return check.Findings(JsonDocument.Parse(text).RootElement, content.GetProperty("schema")).Select(finding => $"{place} {finding}");
        }
        catch (JsonException)
        {
            return [$"the {place} is not JSON: {text}"];
        }
    }

    private IEnumerable<string> InPath(Exchange exchange) => template.Zip(ApiDescription.Segments(exchange.Address.AbsolutePath))
        .Where(pair => IsParameter(pair.First))
        .SelectMany(pair => InParameter("path", pair.First[1..^1], Uri.UnescapeDataString(pair.Second)));

    private IEnumerable<string> InQuery(Exchange exchange) => QueryHelpers.ParseQuery(exchange.Address.Query)
        .SelectMany(given => given.Value.SelectMany(value => InParameter("query", given.Key, value!)));

    private IEnumerable<string> InParameter(string place, string name, string value)
    {
        var described = parameters.Find(parameter => parameter.GetProperty("in").ValueEquals(place) && parameter.GetProperty("name").ValueEquals(name));
        if (described.ValueKind == JsonValueKind.Undefined)
        {
            return [$"{place} {name}: is not documented"];
        }

        var schema = described.GetProperty("schema");
        return requests.Findings(ToJson(value, schema), schema, name).Select(finding => $"{place} {finding}");
    }

    // Values in a URL are text. They are converted only if the schema expects a number or a Boolean. One that may be repeated is in a list.
    private static JsonElement ToJson(string value, JsonElement schema) =>
        IsOfType(schema, "array") ? JsonSerializer.SerializeToElement(new[] { value })
        : IsOfType(schema, "integer") && long.TryParse(value, out var number) ? JsonSerializer.SerializeToElement(number)
        : IsOfType(schema, "number") && double.TryParse(value, CultureInfo.InvariantCulture, out var real) ? JsonSerializer.SerializeToElement(real)
        : IsOfType(schema, "boolean") && bool.TryParse(value, out var truth) ? JsonSerializer.SerializeToElement(truth)
        : JsonSerializer.SerializeToElement(value);

    // One type or a list of them.
    private static bool IsOfType(JsonElement schema, string name) =>
        schema.TryGetProperty("type", out var type) && type.ToString().Contains(name, StringComparison.Ordinal);

    private static bool IsParameter(string segment) => segment.StartsWith('{');
}
