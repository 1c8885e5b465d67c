using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Patron.Odoo.Client;

/// <summary>How often and how long Odoo is asked before it counts as away.</summary>
public sealed record OdooCallLimits
{
    /// <summary>How often a call is made.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>How long one call may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to say the version and to let the robot in; with all tries less than half a minute.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// The company's Odoo, 14 to 19 and later, asked with the robot's rights: JSON-2 where the server is new enough and accepts the key, else JSON-RPC.
/// One for the process; any number of calls at once. It is for calls that read: what seems lost on the way is asked again. Every failure is an
/// <see cref="OdooException"/>, except the caller's own cancellation.
/// </summary>
public sealed partial class OdooClient : IDisposable
{
    private const int FirstVersionOfJson2 = 19;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    private readonly OdooOptions options;
    private readonly OdooHttp calls;
    private readonly OdooHttp connects;
    private readonly TimeProvider time;
    private readonly ILogger<OdooClient> logger;
    private readonly ResiliencePipeline retries;
    private readonly SemaphoreSlim connecting = new(1);
    private volatile OdooConnection? connection;

    /// <param name="options">With address, database and key.</param>
    /// <param name="http">Its handler should follow no redirects and keep no cookies: the key is for this address and no other.</param>
    public OdooClient(OdooOptions options, HttpClient http, TimeProvider time, ILogger<OdooClient> logger, OdooCallLimits? limits = null)
    {
        limits ??= new OdooCallLimits();
        this.options = options;
        this.time = time;
        this.logger = logger;
        var url = new Uri(options.Url ?? throw new ArgumentException("There is no Odoo without an address.", nameof(options)));
        calls = new OdooHttp(http, url, limits.CallTimeout, time);
        connects = new OdooHttp(http, url, limits.ConnectTimeout, time);
        retries = NewRetries(limits.Attempts);
    }

    public async Task<OdooVersion> VersionAsync(CancellationToken cancellationToken) => (await ConnectWithRetriesAsync(cancellationToken)).Version;

    /// <summary>Calls a method with named arguments, as JSON-2 has them: <c>domain</c>, <c>ids</c>, <c>fields</c>, <c>limit</c>, <c>context</c>.</summary>
    public Task<JsonElement> CallAsync(string model, string method, JsonObject arguments, CancellationToken cancellationToken) =>
        retries.ExecuteAsync(async token => await CallOnceAsync(new OdooCall(model, method), arguments, token), cancellationToken).AsTask();

    /// <summary>The fields a model has here.</summary>
    public async Task<IReadOnlyDictionary<string, OdooField>> FieldsOfAsync(string model, CancellationToken cancellationToken)
    {
        var current = await ConnectWithRetriesAsync(cancellationToken);
        return await current.Fields.GetAsync(model, () => AskFieldsAsync(model, cancellationToken), time);
    }

    /// <summary>Records with those of the fields that are there, and always <c>id</c>.</summary>
    public async Task<IReadOnlyList<JsonElement>> SearchReadAsync(OdooSearch search, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadKnownFieldsAsync(search, cancellationToken);
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchField)
        {
            // Odoo was upgraded, or a module removed, since its fields were asked.
            connection?.Fields.Forget(search.Model);
            return await ReadKnownFieldsAsync(search, cancellationToken);
        }
    }

    /// <summary>The ids of records; the search's fields do not matter.</summary>
    public async Task<IReadOnlyList<long>> SearchAsync(OdooSearch search, CancellationToken cancellationToken)
    {
        var ids = await CallAsync(search.Model, "search", search.ToArguments(fields: null), cancellationToken);
        return [.. List(ids, new OdooCall(search.Model, "search")).Select(id => id.TryGetInt64(out var number) ? number : throw OdooErrors.NoSense(new OdooCall(search.Model, "search")))];
    }

    /// <summary>How many records there are.</summary>
    public async Task<int> CountAsync(string model, OdooDomain domain, CancellationToken cancellationToken)
    {
        var count = await CallAsync(model, "search_count", new JsonObject { ["domain"] = domain.ToJson() }, cancellationToken);
        return count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var number) ? number : throw OdooErrors.NoSense(new OdooCall(model, "search_count"));
    }

    public void Dispose() => connecting.Dispose();

    private async Task<IReadOnlyList<JsonElement>> ReadKnownFieldsAsync(OdooSearch search, CancellationToken cancellationToken)
    {
        var known = await FieldsOfAsync(search.Model, cancellationToken);
        var rows = await CallAsync(search.Model, "search_read", search.ToArguments(["id", .. search.Fields.Where(field => field != "id" && known.ContainsKey(field))]), cancellationToken);
        return List(rows, new OdooCall(search.Model, "search_read"));
    }

    private async Task<IReadOnlyDictionary<string, OdooField>> AskFieldsAsync(string model, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(model, "fields_get", new JsonObject { ["attributes"] = new JsonArray("type", "store") }, cancellationToken);
        return answer.ValueKind == JsonValueKind.Object
            ? answer.EnumerateObject().ToDictionary(field => field.Name, field => Field(field.Value), StringComparer.Ordinal)
            : throw OdooErrors.NoSense(new OdooCall(model, "fields_get"));
    }

    private static OdooField Field(JsonElement field) => new(
        field.TryGetProperty("type", out var type) ? type.ToString() : "",
        !field.TryGetProperty("store", out var store) || store.ValueKind != JsonValueKind.False);

    private static IReadOnlyList<JsonElement> List(JsonElement answer, OdooCall call) =>
        answer.ValueKind == JsonValueKind.Array ? [.. answer.EnumerateArray()] : throw OdooErrors.NoSense(call);

    // The whole call is retried and not the HTTP request, because Odoo reports most outages in the body of an answer with status 200. The pauses
    // are half a second, one and two, with jitter so that many callers do not come back at once.
    private ResiliencePipeline NewRetries(int attempts)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        return attempts == 1 ? builder.Build() : builder.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<OdooException>(failure => failure.Kind == OdooFailure.Away),
            MaxRetryAttempts = attempts - 1,
            Delay = FirstPause,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            OnRetry = retry =>
            {
                LogRetry(retry.AttemptNumber + 1, retry.Outcome.Exception!.Message);
                return default;
            },
        }).Build();
    }

    private async Task<OdooConnection> ConnectWithRetriesAsync(CancellationToken cancellationToken) =>
        await retries.ExecuteAsync(async token => await ConnectAsync(token), cancellationToken);

    private async Task<JsonElement> CallOnceAsync(OdooCall call, JsonObject arguments, CancellationToken cancellationToken)
    {
        var current = await ConnectAsync(cancellationToken);
        try
        {
            return await current.CallAsync(call, arguments, cancellationToken);
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.Refused)
        {
            // Another version or another user may stand there now: the next call begins anew.
            Interlocked.CompareExchange(ref connection, null, current);
            throw;
        }
    }

    private async Task<OdooConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (connection is { } known)
        {
            return known;
        }

        await connecting.WaitAsync(cancellationToken);
        try
        {
            return connection ??= await OpenAsync(cancellationToken);
        }
        finally
        {
            connecting.Release();
        }
    }

    private async Task<OdooConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var version = await AskVersionAsync(cancellationToken);
        if (options.Protocol == OdooProtocol.Json2)
        {
            return version.Major >= FirstVersionOfJson2
                ? new Json2Connection(calls, options, version)
                : throw new OdooException(OdooFailure.Refused, $"This Odoo is {version.Text} and speaks no JSON-2, which is there from 19 on: set Odoo:Protocol to auto or jsonrpc.");
        }

        if (options is { Protocol: OdooProtocol.Auto, FitsHeaders: true } && version.Major >= FirstVersionOfJson2 && await TryJson2Async(version, cancellationToken) is { } json2)
        {
            return json2;
        }

        return new JsonRpcConnection(calls, options, version, await JsonRpcConnection.AuthenticateAsync(connects, options, cancellationToken));
    }

    // A password serves JSON-RPC only; without a login there is nothing else to try.
    private async Task<OdooConnection?> TryJson2Async(OdooVersion version, CancellationToken cancellationToken)
    {
        try
        {
            await new Json2Connection(connects, options, version).CallAsync(new OdooCall("res.users", "context_get"), [], cancellationToken);
            return new Json2Connection(calls, options, version);
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.Refused && options.User is not null)
        {
            return null;
        }
    }

    // /web/version is there from 19 on; common.version in all up to then.
    private async Task<OdooVersion> AskVersionAsync(CancellationToken cancellationToken)
    {
        var answer = await connects.GetAsync("/web/version", cancellationToken);
        if ((int)answer.Status >= 500)
        {
            throw OdooErrors.NoJson(answer.Status, new OdooCall("web", "version"));
        }

        return (answer.Json is { } json ? OdooVersion.Read(json) : null)
            ?? OdooVersion.Read(await JsonRpcConnection.VersionAsync(connects, cancellationToken))
            ?? throw OdooErrors.NoSense(new OdooCall("common", "version"));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Odoo is asked again after attempt {Attempt}: {Reason}")]
    private partial void LogRetry(int attempt, string reason);
}
