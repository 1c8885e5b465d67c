using System.Net;
using Patron.Odoo;
using Patron.Odoo.Client;

namespace Patron.UnitTests.Odoo;

/// <summary>Transient failures are retried, permanent ones are not, and timeouts are kept.</summary>
public sealed class OdooRetriesTests
{
    [Theory]
    [InlineData(502, "<html><h1>502 Bad Gateway</h1></html>")]
    [InlineData(503, "")]
    [InlineData(504, "gateway timeout")]
    [InlineData(500, "<!doctype html><title>500 Internal Server Error</title>")]
    [InlineData(429, "slow down")]
    [InlineData(200, "<html>Maintenance</html>")]
    [InlineData(200, "{\"jsonrpc\": \"2.0\", \"res")]
    [InlineData(200, "[1, 2]")]
    [InlineData(200, "{\"unexpected\": true}")]
    [InlineData(200, """{"jsonrpc": "2.0", "error": {"code": 200, "data": {"name": "psycopg2.OperationalError", "message": "could not connect to server"}}}""")]
    [InlineData(200, """{"jsonrpc": "2.0", "error": {"code": 200, "data": {"name": "psycopg2.errors.SerializationFailure", "message": "could not serialize"}}}""")]
    public async Task Transient_failure_is_retried_until_it_succeeds(int status, string body)
    {
        var odoo = new Faulty();
        odoo.Next.AddRange(Enumerable.Repeat(() => Answer(status, body), 3));
        using var client = odoo.Client();
        Assert.Equal(473, await client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal(4, odoo.Calls);
        Assert.Equal(3, odoo.Time.Delays.Count);
        Assert.InRange(odoo.Time.Delays.Sum(pause => pause.TotalSeconds), 1, 3);
    }

    [Fact]
    public async Task Unavailable_after_all_attempts_with_the_last_reason()
    {
        var odoo = new Faulty();
        odoo.Next.AddRange(Enumerable.Repeat<Func<HttpResponseMessage>>(() => throw new HttpRequestException(HttpRequestError.ConnectionError, "http://user:password@odoo:8069"), 9));
        using var client = odoo.Client();
        var failure = await Assert.ThrowsAsync<OdooException>(() => client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal((OdooFailure.Unavailable, 4), (failure.Kind, odoo.Calls));
        Assert.Equal("Odoo cannot be reached right now (ConnectionError).", failure.Message);
    }

    [Theory]
    [InlineData(404, "<html>Not Found</html>", OdooFailure.Refused)]
    [InlineData(302, "", OdooFailure.Refused)]
    [InlineData(401, "<html>nginx</html>", OdooFailure.Refused)]
    [InlineData(200, """{"jsonrpc": "2.0", "id": null, "error": {"code": 0, "message": "x", "data": {"name": "odoo.exceptions.UserError", "message": "<b>No</b>"}}}""", OdooFailure.Failed)]
    [InlineData(200, """{"jsonrpc": "2.0", "error": {}}""", OdooFailure.Failed)]
    [InlineData(200, """{"jsonrpc": "2.0", "error": null}""", OdooFailure.Failed)]
    [InlineData(200, """{"jsonrpc": "2.0", "error": {"data": {"name": 5, "message": []}}}""", OdooFailure.Failed)]
    public async Task Permanent_failure_is_not_retried(int status, string body, OdooFailure kind)
    {
        var odoo = new Faulty();
        odoo.Next.AddRange(Enumerable.Repeat(() => Answer(status, body), 9));
        using var client = odoo.Client();
        var failure = await Assert.ThrowsAsync<OdooException>(() => client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal((kind, 1), (failure.Kind, odoo.Calls));
    }

    [Fact]
    public async Task Client_reconnects_after_an_upgrade()
    {
        var odoo = new ReplayedOdoo(Recording.Read("odoo-17", "jsonrpc-common-version"), Recording.Read("odoo-17", "jsonrpc-authenticate-ok"), Recording.Read("odoo-17", "jsonrpc-partner-search_count"));
        odoo.Fallbacks["/web/version"] = Recording.Read("odoo-17", "json-version").ToResponse;
        using var client = odoo.Client(RecordedCalls.Options("odoo-17"));
        Assert.Equal(17, (await client.VersionAsync(default)).Major);
        odoo.Fallbacks["/jsonrpc"] = Recording.Read("odoo-17", "json-version").ToResponse;
        odoo.Remove("jsonrpc-partner-search_count");
        Assert.Equal(OdooFailure.Refused, (await Assert.ThrowsAsync<OdooException>(() => client.CountAsync("res.partner", OdooDomain.All, default))).Kind);
        odoo.Fallbacks["/web/version"] = () => Answer(200, """{"version_info": [20, 0, 0, "final", 0, ""], "version": "20.0"}""");
        odoo.Fallbacks["/json/2/res.users/context_get"] = () => Answer(200, "{}");
        odoo.Fallbacks["/json/2/res.partner/search_count"] = () => Answer(200, "473");
        Assert.Equal(473, await client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal(20, (await client.VersionAsync(default)).Major);
    }

    [Fact]
    public async Task Endless_response_is_cut()
    {
        var odoo = new Faulty();
        odoo.Next.Add(() => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) });
        using var client = odoo.Client();
        var failure = await Assert.ThrowsAsync<OdooException>(() => client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal(OdooFailure.Failed, failure.Kind);
        Assert.Contains("64 MB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_caller_is_told_and_others_continue()
    {
        var odoo = new Faulty { NeverAnswers = true };
        using var client = odoo.Client();
        using var given = new CancellationTokenSource();
        var requests = client.CountAsync("res.partner", OdooDomain.All, given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => requests);
    }

    [Fact]
    public async Task Server_without_response_is_unavailable_after_the_timeout()
    {
        var odoo = new Faulty { NeverAnswers = true };
        using var client = new OdooClient(Faulty.Options, new HttpClient(odoo), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<OdooClient>.Instance, new OdooCallLimits
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var failure = await Assert.ThrowsAsync<OdooException>(() => client.CountAsync("res.partner", OdooDomain.All, patience.Token));
        Assert.Equal((OdooFailure.Unavailable, "Odoo did not answer within 0.02 seconds."), (failure.Kind, failure.Message));
    }

    private static HttpResponseMessage Answer(int status, string body) => new((HttpStatusCode)status) { Content = new StringContent(body) };

    // Accepts the login like the recorded 17; the test sets the responses to the call itself.
    private sealed class Faulty : HttpMessageHandler
    {
        public static OdooOptions Options => RecordedCalls.Options("odoo-17");

        public List<Func<HttpResponseMessage>> Next { get; } = [];

        public InstantTime Time { get; } = new();

        public bool NeverAnswers { get; init; }

        public int Calls { get; private set; }

        public OdooClient Client() => new(Options, new HttpClient(this, disposeHandler: false), Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<OdooClient>.Instance);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (NeverAnswers)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            var body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "";
            if (!body.Contains("search_count", StringComparison.Ordinal))
            {
                var name = body.Contains("authenticate", StringComparison.Ordinal) ? "jsonrpc-authenticate-ok" : body.Length > 0 ? "jsonrpc-common-version" : "json-version";
                return Recording.Read("odoo-17", name).ToResponse();
            }

            Calls++;
            return Calls <= Next.Count ? Next[Calls - 1]() : Recording.Read("odoo-17", "jsonrpc-partner-search_count").ToResponse();
        }
    }

    /// <summary>A clock on which short delays elapse at once and are recorded; timeouts never elapse.</summary>
    private sealed class InstantTime : TimeProvider
    {
        public List<TimeSpan> Delays { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime >= TimeSpan.FromSeconds(5) || dueTime == Timeout.InfiniteTimeSpan)
            {
                return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
            }

            Delays.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Fill(buffer, (byte)' ', offset, count);
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
