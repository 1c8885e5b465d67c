using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>
/// The keys that another service publishes. If that service is unavailable, slow or malicious, keys are not found, and nothing worse
/// happens. Cached keys stay in use while the service is unavailable. Decision 0003 explains why this is not the library's
/// ConfigurationManager.
/// </summary>
public sealed partial class HttpVerificationKeys : IVerificationKeys
{
    private const int MaxResponseLength = 64 * 1024;

    private readonly HttpClient http;
    private readonly Uri address;
    private readonly TimeProvider time;
    private readonly ILogger<HttpVerificationKeys> logger;
    private readonly Lock gate = new();
    private volatile CachedKeys cached = new(FrozenDictionary<string, JsonWebKey>.Empty, FetchedAt: null, LastFetchFailed: false);
    private Task? fetch;
    private long? lastFetchEnded;

    /// <param name="http">Its handler should not follow redirects: keys are accepted from this address only.</param>
    /// <param name="baseUrl">The service's address, with or without a trailing slash.</param>
    public HttpVerificationKeys(HttpClient http, Uri baseUrl, TimeProvider time, ILogger<HttpVerificationKeys> logger)
    {
        this.http = http;
        address = new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + KeySet.Path);
        this.time = time;
        this.logger = logger;
    }

    /// <summary>The minimum time between two fetches, so that tokens with unknown key ids cannot cause a flood of requests.</summary>
    public TimeSpan MinFetchInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Keys older than this are fetched again, so that retired keys are dropped.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The maximum duration of one fetch.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether there is any key to verify with.</summary>
    public bool HasKeys => cached.Keys.Count > 0;

    public async ValueTask<JsonWebKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var before = cached;
        var key = before.Keys.GetValueOrDefault(keyId);
        if (key is not null && before.FetchedAt is { } fetchedAt && time.GetElapsedTime(fetchedAt) < MaxAge)
        {
            return key;
        }

        var refresh = RefreshAsync(cancellationToken);
        if (key is not null && before.LastFetchFailed)
        {
            return key; // The service is unavailable: do not wait for the next attempt when the key is cached.
        }

        await refresh;
        return cached.Keys.GetValueOrDefault(keyId);
    }

    /// <summary>
    /// Fetches the keys, or does nothing within <see cref="MinFetchInterval"/>. Concurrent callers share one fetch. Throws only when the
    /// caller cancels waiting; the fetch itself continues. Called at the start, so that the service becomes ready before the first token
    /// arrives.
    /// </summary>
    public Task RefreshAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (fetch is null)
            {
                if (lastFetchEnded is { } ended && time.GetElapsedTime(ended) < MinFetchInterval)
                {
                    return Task.CompletedTask;
                }

                // On another thread, because the lock is held. Without the caller's token, because other callers wait too.
                fetch = Task.Run(FetchAsync, CancellationToken.None);
            }

            return fetch.WaitAsync(cancellationToken);
        }
    }

    private async Task FetchAsync()
    {
        var fetched = await TryFetchAsync();
        lock (gate)
        {
            var now = time.GetTimestamp();
            cached = fetched is null ? cached with { LastFetchFailed = true } : new CachedKeys(fetched, now, LastFetchFailed: false);
            lastFetchEnded = now;
            fetch = null;
        }
    }

    private async Task<FrozenDictionary<string, JsonWebKey>?> TryFetchAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(Timeout, time);
            using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            response.EnsureSuccessStatusCode();
            await response.Content.LoadIntoBufferAsync(MaxResponseLength, timeout.Token);
            if (KeySet.Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token)) is { } keys)
            {
                KeysFetched(keys.Count);
                return keys.ToFrozenDictionary(key => key.Kid, StringComparer.Ordinal);
            }

            FetchFailed("the answer is not a key set", cached.Keys.Count);
        }
        catch (Exception exception)
        {
            // Whatever the server does, callers only see that the key is not found. The message of an exception can contain the address,
            // and the address a password, so only the kind of failure is logged.
            var reason = exception is HttpRequestException failure
                ? $"{failure.HttpRequestError} {failure.StatusCode}"
                : exception.GetType().Name;
            FetchFailed(reason, cached.Keys.Count);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Fetched {Count} verification keys")]
    private partial void KeysFetched(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fetching verification keys failed: {Reason}. {Count} cached keys stay in use")]
    private partial void FetchFailed(string reason, int count);

    private sealed record CachedKeys(FrozenDictionary<string, JsonWebKey> Keys, long? FetchedAt, bool LastFetchFailed);
}
