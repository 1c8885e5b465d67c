using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Patron.Odoo.Client;

/// <summary>The number of attempts and the timeouts of calls to Odoo.</summary>
public sealed record OdooCallLimits
{
    /// <summary>The number of attempts of a call.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The timeout of one attempt.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The timeout of reading the version and of the login; with all attempts less than half a minute.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// The client of the company's Odoo, version 14 to 19 and later, with the rights of Patron's user: JSON-2 where the server supports it and
/// accepts the key, else JSON-RPC. A singleton for any number of concurrent calls. Reading calls are retried. Every
/// failure is an <see cref="OdooException"/>, except the caller's own cancellation.
/// </summary>
public sealed partial class OdooClient : IDisposable
{
    private const int FirstVersionOfJson2 = 19;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly OdooOptions options;
    private readonly OdooHttp callHttp;
    private readonly OdooHttp connectHttp;
    private readonly TimeProvider time;
    private readonly ILogger<OdooClient> logger;
    private readonly ResiliencePipeline retries;
    private readonly SemaphoreSlim connectLock = new(1);
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
        callHttp = new OdooHttp(http, url, limits.CallTimeout, time);
        connectHttp = new OdooHttp(http, url, limits.ConnectTimeout, time);
        retries = CreateRetryPipeline(limits.Attempts);
    }

    public async Task<OdooVersion> VersionAsync(CancellationToken cancellationToken) =>
        (await ConnectWithRetriesAsync(cancellationToken)).Version;

    /// <summary>
    /// Calls a method with named arguments, as in JSON-2: <c>domain</c>, <c>ids</c>, <c>fields</c>, <c>limit</c>, <c>context</c>.
    /// </summary>
    public Task<JsonElement> CallAsync(string model, string method, JsonObject arguments, CancellationToken cancellationToken) =>
        retries.ExecuteAsync(async token => await CallOnceAsync(new OdooCall(model, method), arguments, token), cancellationToken).AsTask();

    /// <summary>Calls a method that changes something. It is not tried again: a call without a response may have succeeded.</summary>
    public Task<JsonElement> CallWithoutRetryAsync(
        string model, string method, JsonObject arguments, CancellationToken cancellationToken) =>
        CallOnceAsync(new OdooCall(model, method), arguments, cancellationToken);

    /// <summary>The fields of a model in this Odoo.</summary>
    public async Task<IReadOnlyDictionary<string, OdooField>> FieldsOfAsync(string model, CancellationToken cancellationToken)
    {
        var current = await ConnectWithRetriesAsync(cancellationToken);
        return await current.Fields.GetAsync(model, () => FetchFieldsAsync(model, cancellationToken), time);
    }

    /// <summary>Reads records with the requested fields that exist, and always <c>id</c>.</summary>
    public async Task<IReadOnlyList<JsonElement>> SearchReadAsync(OdooSearch search, CancellationToken cancellationToken)
    {
        try
        {
            return await SearchReadOnceAsync(search, cancellationToken);
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchField)
        {
            // Odoo was upgraded, or a module removed, since the fields were cached.
            connection?.Fields.Remove(search.Model);
            return await SearchReadOnceAsync(search, cancellationToken);
        }
    }

    /// <summary>Reads the ids of records; the search's fields are ignored.</summary>
    public async Task<IReadOnlyList<long>> SearchAsync(OdooSearch search, CancellationToken cancellationToken)
    {
        var ids = await CallAsync(search.Model, "search", search.ToArguments(fields: null), cancellationToken);
        return [
            .. ToList(ids, new OdooCall(search.Model, "search")).Select(
                id => id.TryGetInt64(out var number) ? number : throw OdooErrors.InvalidResponse(new OdooCall(search.Model, "search")))];
    }

    /// <summary>Counts records.</summary>
    public async Task<int> CountAsync(string model, OdooDomain domain, CancellationToken cancellationToken)
    {
        var count = await CallAsync(model, "search_count", new JsonObject { ["domain"] = domain.ToJson() }, cancellationToken);
        return count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var number)
            ? number
            : throw OdooErrors.InvalidResponse(new OdooCall(model, "search_count"));
    }

    public void Dispose() => connectLock.Dispose();

    private async Task<IReadOnlyList<JsonElement>> SearchReadOnceAsync(OdooSearch search, CancellationToken cancellationToken)
    {
        var availableFields = await FieldsOfAsync(search.Model, cancellationToken);
        var rows = await CallAsync(
            search.Model, "search_read",
            search.ToArguments(["id", .. search.Fields.Where(field => field != "id" && availableFields.ContainsKey(field))]),
            cancellationToken);
        return ToList(rows, new OdooCall(search.Model, "search_read"));
    }

    private async Task<IReadOnlyDictionary<string, OdooField>> FetchFieldsAsync(string model, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            model, "fields_get", new JsonObject { ["attributes"] = new JsonArray("type", "store") }, cancellationToken);
        return answer.ValueKind == JsonValueKind.Object
            ? answer.EnumerateObject().ToDictionary(field => field.Name, field => Field(field.Value), StringComparer.Ordinal)
            : throw OdooErrors.InvalidResponse(new OdooCall(model, "fields_get"));
    }

    private static OdooField Field(JsonElement field) => new(
        field.TryGetProperty("type", out var type) ? type.ToString() : "",
        !field.TryGetProperty("store", out var store) || store.ValueKind != JsonValueKind.False);

    private static IReadOnlyList<JsonElement> ToList(JsonElement answer, OdooCall call) =>
        answer.ValueKind == JsonValueKind.Array ? [.. answer.EnumerateArray()] : throw OdooErrors.InvalidResponse(call);

    // Retries the whole call and not the HTTP request, because Odoo reports most outages in the body of a response with status 200. The
    // delays are half a second, one and two, with jitter so that many callers do not retry at once.
    private ResiliencePipeline CreateRetryPipeline(int attempts)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        return attempts == 1 ? builder.Build() : builder.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<OdooException>(failure => failure.Kind == OdooFailure.Unavailable),
            MaxRetryAttempts = attempts - 1,
            Delay = FirstRetryDelay,
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
            // Odoo may have been upgraded, or the user changed: connect again at the next call.
            Interlocked.CompareExchange(ref connection, null, current);
            throw;
        }
    }

    private async Task<OdooConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (connection is { } current)
        {
            return current;
        }

        await connectLock.WaitAsync(cancellationToken);
        try
        {
            return connection ??= await OpenAsync(cancellationToken);
        }
        finally
        {
            connectLock.Release();
        }
    }

    private async Task<OdooConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var version = await FetchVersionAsync(cancellationToken);
        if (options.Protocol == OdooProtocol.Json2)
        {
            return version.Major >= FirstVersionOfJson2
                ? new Json2Connection(callHttp, options, version)
                : throw new OdooException(
                    OdooFailure.Refused,
                    $"This Odoo is {version.Text} and speaks no JSON-2, which is there from 19 on: set Odoo:Protocol to auto or jsonrpc.");
        }

        if (options is { Protocol: OdooProtocol.Auto, FitsHeaders: true } && version.Major >= FirstVersionOfJson2
            && await TryJson2Async(version, cancellationToken) is { } json2)
        {
            return json2;
        }

        return new JsonRpcConnection(
            callHttp, options, version, await JsonRpcConnection.AuthenticateAsync(connectHttp, options, cancellationToken));
    }

    // A password works with JSON-RPC only; without a login there is no alternative to JSON-2.
    private async Task<OdooConnection?> TryJson2Async(OdooVersion version, CancellationToken cancellationToken)
    {
        try
        {
            await new Json2Connection(connectHttp, options, version)
                .CallAsync(new OdooCall("res.users", "context_get"), [], cancellationToken);
            return new Json2Connection(callHttp, options, version);
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.Refused && options.User is not null)
        {
            return null;
        }
    }

    // /web/version exists from 19 on; common.version in all versions up to 19.
    private async Task<OdooVersion> FetchVersionAsync(CancellationToken cancellationToken)
    {
        var answer = await connectHttp.GetAsync("/web/version", cancellationToken);
        if ((int)answer.Status >= 500)
        {
            throw OdooErrors.NotJson(answer.Status, new OdooCall("web", "version"));
        }

        return (answer.Json is { } json ? OdooVersion.Read(json) : null)
            ?? OdooVersion.Read(await JsonRpcConnection.VersionAsync(connectHttp, cancellationToken))
            ?? throw OdooErrors.InvalidResponse(new OdooCall("common", "version"));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Retrying Odoo call after attempt {Attempt}: {Reason}")]
    private partial void LogRetry(int attempt, string reason);
}
