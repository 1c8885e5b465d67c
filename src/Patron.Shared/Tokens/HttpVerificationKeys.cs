using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>
/// The keys another service publishes. That service may be away, slow or hostile: the worst that comes of it is that a key is not
/// found. The keys known last stay in use while it is away. Decision 0003 says why this is not the library's ConfigurationManager.
/// </summary>
public sealed partial class HttpVerificationKeys : IVerificationKeys
{
    private const int MaxResponseLength = 64 * 1024;

    private readonly HttpClient http;
    private readonly Uri address;
    private readonly TimeProvider time;
    private readonly ILogger<HttpVerificationKeys> logger;
    private readonly Lock gate = new();
    private volatile Known known = new(FrozenDictionary<string, JsonWebKey>.Empty, FetchedAt: null, Failing: false);
    private Task? fetch;
    private long? lastFetchEnded;

    /// <param name="http">Its handler should follow no redirects: the keys are at this address or nowhere.</param>
    /// <param name="baseUrl">The service's address, with or without a slash at its end.</param>
    public HttpVerificationKeys(HttpClient http, Uri baseUrl, TimeProvider time, ILogger<HttpVerificationKeys> logger)
    {
        this.http = http;
        address = new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + KeySet.Path);
        this.time = time;
        this.logger = logger;
    }

    /// <summary>From the end of one fetch, good or bad, to the next: unknown key ids must not become a flood of requests.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Keys older than this are fetched again, so that retired ones vanish.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one fetch may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether there is any key to verify with.</summary>
    public bool HasKeys => known.Keys.Count > 0;

    public async ValueTask<JsonWebKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var before = known;
        var key = before.Keys.GetValueOrDefault(keyId);
        if (key is not null && before.FetchedAt is { } fetchedAt && time.GetElapsedTime(fetchedAt) < MaxAge)
        {
            return key;
        }

        var refresh = RefreshAsync(cancellationToken);
        if (key is not null && before.Failing)
        {
            return key; // the service is away: its known keys do not wait for every new attempt
        }

        await refresh;
        return known.Keys.GetValueOrDefault(keyId);
    }

    /// <summary>
    /// Fetches the keys, together with whoever else is waiting for them, or does nothing during the pause. Throws only when
    /// the caller gives up waiting; the fetch itself goes on. Call it at the start, so that the service becomes ready without a token.
    /// </summary>
    public Task RefreshAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (fetch is null)
            {
                if (lastFetchEnded is { } ended && time.GetElapsedTime(ended) < Pause)
                {
                    return Task.CompletedTask;
                }

                // On another thread, because the lock is held; without the caller's token, because others wait too.
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
            known = fetched is null ? known with { Failing = true } : new Known(fetched, now, Failing: false);
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

            FetchFailed("the answer is no key set", known.Keys.Count);
        }
        catch (Exception exception)
        {
            // Whatever a server can provoke, the callers are to hear of a key that is not found. The message of an exception may
            // hold the address, and an address a password: the kind of failure is enough.
            var reason = exception is HttpRequestException failure
                ? $"{failure.HttpRequestError} {failure.StatusCode}"
                : exception.GetType().Name;
            FetchFailed(reason, known.Keys.Count);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Fetched {Count} verification keys")]
    private partial void KeysFetched(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Verification keys could not be fetched: {Reason}. {Count} known keys stay in use")]
    private partial void FetchFailed(string reason, int count);

    private sealed record Known(FrozenDictionary<string, JsonWebKey> Keys, long? FetchedAt, bool Failing);
}
