using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Patron.Odoo;
using Patron.Odoo.Client;

namespace Patron.UnitTests.Odoo;

/// <summary>A server that replays recorded responses, and fails the test at any other request.</summary>
internal sealed class ReplayedOdoo(params IEnumerable<Recording> recordings) : HttpMessageHandler
{
    private readonly List<Recording> recordings = [.. recordings];

    /// <summary>The names of the replayed recordings, in order.</summary>
    public List<string> Answered { get; } = [];

    /// <summary>Responses to requests without a recording, by path.</summary>
    public Dictionary<string, Func<HttpResponseMessage>> Fallbacks { get; } = new(StringComparer.Ordinal);

    /// <summary>Called for every request with its path and body.</summary>
    public Action<string, JsonNode?> OnRequest { get; set; } = (_, _) => { };

    /// <summary>Removes a recording.</summary>
    public void Remove(string name) => recordings.RemoveAll(recording => recording.Name == name);

    public OdooHttp Http(OdooOptions options, TimeProvider? time = null) => new(new HttpClient(this, disposeHandler: false), new Uri(options.Url!), TimeSpan.FromMinutes(1), time ?? TimeProvider.System);

    public OdooClient Client(OdooOptions options, TimeProvider? time = null) =>
        new(options, new HttpClient(this, disposeHandler: false), time ?? TimeProvider.System, NullLogger<OdooClient>.Instance);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var body = request.Content is { } content ? JsonNode.Parse(await content.ReadAsStringAsync(cancellationToken)) : null;
        OnRequest(path, body);
        if (recordings.FirstOrDefault(recording => IsSame(recording, request, path, body)) is { } same)
        {
            Answered.Add(same.Name);
            return same.ToResponse();
        }

        return Fallbacks.TryGetValue(path, out var answer) ? answer() : throw new InvalidOperationException($"Nobody asked a real Odoo {request.Method} {path} {body?.ToJsonString()}");
    }

    private static bool IsSame(Recording recording, HttpRequestMessage request, string path, JsonNode? body) =>
        recording.Method == request.Method.Method && recording.Path == path && JsonNode.DeepEquals(WithoutId(recording.RequestBody), WithoutId(body))
        && recording.Header("Authorization") == request.Headers.Authorization?.ToString()
        && recording.Header("X-Odoo-Database") == (request.Headers.TryGetValues("X-Odoo-Database", out var database) ? database.Single() : null);

    // The id of a request is arbitrary. Only the envelope of JSON-RPC has one next to 'params'.
    private static JsonNode? WithoutId(JsonNode? body)
    {
        var copy = body?.DeepClone();
        if (copy is JsonObject envelope && envelope.ContainsKey("params"))
        {
            envelope.Remove("id");
        }

        return copy;
    }
}
