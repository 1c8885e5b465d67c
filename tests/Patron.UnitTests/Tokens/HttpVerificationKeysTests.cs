using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

public sealed class HttpVerificationKeysTests : IDisposable
{
    private readonly SigningKey key = SigningKey.Generate();
    private readonly SigningKey next = SigningKey.Generate();
    private readonly FakeTime time = new();
    private readonly KeyServer server = new();
    private readonly LogLines log = new();
    private readonly HttpVerificationKeys keys;

    public HttpVerificationKeysTests()
    {
        keys = new HttpVerificationKeys(new HttpClient(server), new Uri("http://user:secret@accounts.example/base/"), time, log);
        server.Publish(key);
    }

    public void Dispose()
    {
        server.Dispose();
    }

    [Fact]
    public async Task Key_is_fetched_once_and_cached()
    {
        Assert.False(keys.HasKeys);

        Assert.Equal(key.Id, (await FindAsync(key))?.Kid);
        Assert.Equal(key.Id, (await FindAsync(key))?.Kid);
        Assert.True(keys.HasKeys);
        Assert.Equal(["/base/.well-known/jwks.json"], server.Paths);
    }

    [Fact]
    public async Task Keys_can_be_fetched_before_the_first_lookup()
    {
        await keys.RefreshAsync(CancellationToken.None);

        Assert.True(keys.HasKeys);
    }

    [Fact]
    public async Task Fifty_concurrent_lookups_share_one_fetch()
    {
        server.Hold();
        var callers = Enumerable.Range(0, 50).Select(number => FindAsync(number == 7 ? key.Id : $"unknown {number}")).ToList();
        server.Release();
        var found = await Task.WhenAll(callers);

        Assert.Equal(key.Id, Assert.Single(found, answer => answer is not null)!.Kid);
        Assert.Single(server.Paths);
    }

    [Fact]
    public async Task Unknown_key_causes_no_fetch_within_the_minimum_interval()
    {
        await FindAsync(key);
        server.Publish(key, next);

        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Null(await FindAsync(next));
        Assert.Single(server.Paths);

        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(next.Id, (await FindAsync(next))?.Kid);
        Assert.Equal(2, server.Paths.Count);
    }

    [Fact]
    public async Task Minimum_interval_also_applies_after_a_failure()
    {
        server.Answer(HttpStatusCode.InternalServerError, "");
        Assert.Null(await FindAsync(key));
        server.Publish(key);

        Assert.Null(await FindAsync(key));
        Assert.Single(server.Paths);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull(await FindAsync(key));
    }

    [Fact]
    public async Task Retired_key_is_not_found_after_the_refresh()
    {
        await FindAsync(key);
        server.Publish(next);

        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.NotNull(await FindAsync(key));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await FindAsync(key));
        Assert.NotNull(await FindAsync(next));
        Assert.Equal(2, server.Paths.Count);
    }

    [Fact]
    public async Task Empty_set_retires_all_keys()
    {
        await FindAsync(key);
        server.Publish();
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Null(await FindAsync(key));
        Assert.False(keys.HasKeys);
    }

    [Fact]
    public async Task Cached_keys_stay_in_use_while_the_service_is_unavailable()
    {
        await FindAsync(key);
        server.Fail(new HttpRequestException(HttpRequestError.ConnectionError, "no route to user:secret@accounts.example"));

        for (var minute = 0; minute < 60; minute++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.NotNull(await FindAsync(key));
            Assert.Null(await FindAsync(next));
        }

        Assert.True(keys.HasKeys);
        Assert.DoesNotContain(log.Lines, line => line.Contains("secret", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("ConnectionError", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cached_keys_do_not_wait_for_a_hanging_service()
    {
        await FindAsync(key);
        server.Fail(new HttpRequestException("away"));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(await FindAsync(key));

        server.Publish(next);
        server.Hold();
        time.Advance(TimeSpan.FromMinutes(1));
        var during = FindAsync(key);
        Assert.True(during.IsCompletedSuccessfully);
        Assert.NotNull(await during);

        // The result of the attempt is used as soon as it is available.
        server.Release();
        Assert.NotNull(await FindAsync(next));
        Assert.Null(await FindAsync(key));
    }

    [Fact]
    public async Task Fetch_without_an_answer_times_out_after_five_seconds()
    {
        server.Hold();
        var finding = FindAsync(key);
        await server.Asked;
        Assert.False(finding.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await finding);
    }

    [Fact]
    public async Task Endless_body_times_out_after_five_seconds()
    {
        server.Stall();
        var finding = FindAsync(key);
        await server.Reading;
        Assert.False(finding.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await finding);
    }

    [Fact]
    public async Task Cancelled_caller_does_not_cancel_the_shared_fetch()
    {
        server.Hold();
        using var impatient = new CancellationTokenSource();
        var given = keys.FindAsync(key.Id, impatient.Token).AsTask();
        var waiting = FindAsync(key);
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        server.Release();
        Assert.NotNull(await waiting);
        Assert.Single(server.Paths);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"keys\":\"none\"}")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"kty\":\"EC\"}]}")]
    [InlineData("\0\u0001\uFFFF")]
    public async Task Answer_that_is_not_a_key_set_changes_nothing(string document)
    {
        await FindAsync(key);
        server.Answer(HttpStatusCode.OK, document);
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.NotNull(await FindAsync(key));
        Assert.Null(await FindAsync(next));
        Assert.Equal(2, server.Paths.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Redirect)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Answer_with_another_status_changes_nothing(HttpStatusCode status)
    {
        await FindAsync(key);
        server.Answer(status, TokenSetup.KeySetOf(next));
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.NotNull(await FindAsync(key));
        Assert.Null(await FindAsync(next));
    }

    [Theory]
    [InlineData(64 * 1024, true)]
    [InlineData((64 * 1024) + 1, false)]
    [InlineData(10_000_000, false)]
    public async Task Set_is_limited_to_64_kilobytes(int length, bool read)
    {
        var set = TokenSetup.KeySetOf(key);
        server.Answer(HttpStatusCode.OK, set.PadRight(length));

        Assert.Equal(read, await FindAsync(key) is not null);
    }

    [Fact]
    public async Task Any_transport_exception_means_key_not_found()
    {
        foreach (var exception in (Exception[])[new IOException(), new TaskCanceledException(), new InvalidOperationException()])
        {
            server.Fail(exception);
            Assert.Null(await FindAsync(key));
            time.Advance(TimeSpan.FromSeconds(5));
        }

        server.Publish(key);
        Assert.NotNull(await FindAsync(key));
    }

    [Fact]
    public async Task Verifier_with_fetched_keys_accepts_tokens_of_the_other_service()
    {
        var setup = new TokenSetup();
        server.Publish(setup.Key);
        var verifier = new AccessTokenVerifier(keys, setup.Options, setup.Time);

        Assert.NotNull(await verifier.VerifyAsync(setup.SomeToken(), CancellationToken.None));
    }

    private Task<JsonWebKey?> FindAsync(SigningKey wanted) => FindAsync(wanted.Id);

    private Task<JsonWebKey?> FindAsync(string keyId) => keys.FindAsync(keyId, CancellationToken.None).AsTask();

    /// <summary>The other service. It returns the configured answer, immediately or when released.</summary>
    private sealed class KeyServer : HttpMessageHandler
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<string> paths = [];
        private Func<HttpResponseMessage> answer = () => new HttpResponseMessage(HttpStatusCode.NotFound);
        private TaskCompletionSource held = Released();

        public Task Asked => asked.Task;

        public Task Reading => reading.Task;

        public List<string> Paths => paths;

        public void Publish(params SigningKey[] signingKeys)
        {
            var set = TokenSetup.KeySetOf(signingKeys);
            answer = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(set) };
        }

        public void Answer(HttpStatusCode status, string body) =>
            answer = () => new HttpResponseMessage(status) { Content = new StringContent(body) };

        public void Fail(Exception exception) => answer = () => throw exception;

        public void Stall() =>
            answer = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StalledStream(reading)) };

        public void Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => held.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            paths.Add(request.RequestUri!.AbsolutePath);
            asked.TrySetResult();
            await held.Task.WaitAsync(cancellationToken);
            return answer();
        }

        private static TaskCompletionSource Released()
        {
            var released = new TaskCompletionSource();
            released.SetResult();
            return released;
        }
    }

    private sealed class StalledStream(TaskCompletionSource reading) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reading.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            reading.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }

    private sealed class LogLines : ILogger<HttpVerificationKeys>
    {
        private readonly Lock gate = new();
        private readonly List<string> lines = [];

        public List<string> Lines => lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (gate)
            {
                lines.Add(formatter(state, exception) + exception);
            }
        }
    }
}
