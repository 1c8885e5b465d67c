using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.UnitTests.Customers;

/// <summary>The requests to the accounts service, and the handling of its failures.</summary>
public sealed class HttpAccountDirectoryTests
{
    private static readonly Guid Jane = new("0198c0de-1111-7000-8000-000000000001");
    private static readonly Guid Organization = new("0198c0de-0000-7000-8000-000000000002");
    private static readonly string AccountJson =
        $$"""{"id": "{{Jane}}", "number": 5, "email": "Jane@tests.example", "email_verified": true, "first_name": "Jane", "last_name": "Doe", "phone_number": null, "taken_over_at": "2026-11-21T09:00:00Z", "more": 1}""";

    [Fact]
    public async Task Request_has_the_callers_token_and_organization()
    {
        var service = new Service(HttpStatusCode.OK, $$"""{"results": [{{AccountJson}}]}""");
        var found = await service.Directory().ReadAsync(Staff(), [Jane], default);
        Assert.Equal(
            new Account(Jane, "Jane@tests.example", true, "Jane", "Doe", null) { TakenOverAt = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero) }, Assert.Single(found.Value));
        var (address, token, organization, body) = Assert.Single(service.Requests);
        Assert.Equal(("http://accounts.tests.example/base/api/auth/accounts/lookup/", "Bearer a.b.c", $"{Organization}"), (address, token, organization));
        Assert.Equal($$"""{"ids":["{{Jane}}"]}""", body);
    }

    [Fact]
    public async Task Caller_without_membership_sends_no_organization()
    {
        var service = new Service(HttpStatusCode.OK, $$"""{"results": [{{AccountJson}}]}""");
        Assert.Null((await service.Directory().OwnAsync(Staff() with { UserId = Jane, Memberships = [] }, default)).Error);
        Assert.Null(Assert.Single(service.Requests).Organization);
    }

    [Fact]
    public async Task Addresses_are_looked_up_by_key_and_other_results_are_ignored()
    {
        var service = new Service(HttpStatusCode.OK, $$"""{"results": [{{AccountJson}}, {{AccountJson.Replace("Jane@", "mallory@", StringComparison.Ordinal)}}]}""");
        var found = await service.Directory().FindByEmailAsync(Staff(), ["jane@tests.example"], default);
        Assert.Equal("Jane@tests.example", Assert.Single(found.Value).Email);
        Assert.Equal("""{"emails":["jane@tests.example"]}""", service.Requests[0].Body);
        Assert.Empty((await service.Directory().ReadAsync(Staff(), [Guid.NewGuid()], default)).Value);
    }

    [Fact]
    public async Task Lookups_are_split_into_batches_of_a_thousand()
    {
        var service = new Service(HttpStatusCode.OK, """{"results": []}""");
        var ids = Enumerable.Range(0, 2500).Select(_ => Guid.NewGuid()).ToList();
        Assert.Empty((await service.Directory().ReadAsync(Staff(), [.. ids, ids[0]], default)).Value);
        Assert.Equal([1000, 1000, 500], service.Requests.Select(requests => JsonDocument.Parse(requests.Body).RootElement.GetProperty("ids").GetArrayLength()));
        Assert.Empty((await service.Directory().ReadAsync(Staff(), [], default)).Value);
        Assert.Equal(3, service.Requests.Count);
    }

    [Fact]
    public async Task Search_sends_the_criteria_and_returns_ids()
    {
        var service = new Service(HttpStatusCode.OK, $$"""{"ids": ["{{Jane}}"]}""");
        var found = await service.Directory().MatchAsync(Staff(), new AccountCriteria("ja", null, "d\"oe", null, null), default);
        Assert.Equal([Jane], found.Value);
        Assert.Equal("""{"query":"ja","last_name":"d\u0022oe"}""", service.Requests[0].Body);
        Assert.EndsWith("/api/auth/accounts/search/", service.Requests[0].Address, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "{}")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "{}")]
    [InlineData(HttpStatusCode.Redirect, "{}")]
    [InlineData(HttpStatusCode.NoContent, "")]
    [InlineData(HttpStatusCode.OK, "")]
    [InlineData(HttpStatusCode.OK, "<html>")]
    [InlineData(HttpStatusCode.OK, "null")]
    [InlineData(HttpStatusCode.OK, "[]")]
    [InlineData(HttpStatusCode.OK, "{}")]
    [InlineData(HttpStatusCode.OK, """{"results": null}""")]
    [InlineData(HttpStatusCode.OK, """{"results": [null]}""")]
    [InlineData(HttpStatusCode.OK, """{"results": [{}]}""")]
    [InlineData(HttpStatusCode.OK, """{"results": [{"id": "0198c0de-1111-7000-8000-000000000001", "email": null, "email_verified": true, "first_name": "", "last_name": "", "phone_number": null, "taken_over_at": null}]}""")]
    [InlineData(HttpStatusCode.NotFound, "<html>")]
    public async Task Invalid_response_is_503_with_a_sentence(HttpStatusCode status, string body)
    {
        var error = (await new Service(status, body).Directory().ReadAsync(Staff(), [Jane], default)).Error;
        Assert.Equal(ErrorKind.Unavailable, error?.Kind);
        Assert.Contains("accounts service", error!.Detail, StringComparison.Ordinal);
        Assert.NotNull(error.RetryAfter);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, ErrorKind.Unauthenticated)]
    [InlineData(HttpStatusCode.Forbidden, ErrorKind.Forbidden)]
    [InlineData(HttpStatusCode.NotFound, ErrorKind.NotFound)]
    [InlineData(HttpStatusCode.UnprocessableEntity, ErrorKind.Invalid)]
    public async Task Refusals_of_the_service_are_passed_on(HttpStatusCode status, ErrorKind kind)
    {
        var service = new Service(status, """{"detail": "secrets of the house"}""", "application/problem+json");
        var error = (await service.Directory().MatchAsync(Staff(), new AccountCriteria("ja", null, null, null, null), default)).Error;
        Assert.Equal(kind, error?.Kind);
        Assert.DoesNotContain("secrets", error!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_response_and_broken_connection_are_503()
    {
        var flood = new Service(HttpStatusCode.OK, $$"""{"results": [], "more": "{{new string('x', 5 * 1024 * 1024)}}"}""");
        Assert.Equal(ErrorKind.Unavailable, (await flood.Directory().ReadAsync(Staff(), [Jane], default)).Error?.Kind);
        var broken = new Service(_ => throw new HttpRequestException(HttpRequestError.ConnectionError, "http://user:password@accounts"));
        var error = (await broken.Directory().ReadAsync(Staff(), [Jane], default)).Error;
        Assert.Equal(ErrorKind.Unavailable, error?.Kind);
        Assert.DoesNotContain("password", error!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slow_service_times_out_and_cancellation_is_reported()
    {
        static async Task<HttpResponseMessage> NeverAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("Nobody waits that long.");
        }

        var slow = new Service(NeverAsync);
        Assert.Equal(ErrorKind.Unavailable, (await slow.Directory(TimeSpan.FromMilliseconds(20)).ReadAsync(Staff(), [Jane], default)).Error?.Kind);
        using var given = new CancellationTokenSource();
        var requests = slow.Directory(TimeSpan.FromMinutes(5)).ReadAsync(Staff(), [Jane], given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => requests);
    }

    [Fact]
    public void Token_is_not_revealed_as_text()
    {
        var caller = Staff();
        Assert.DoesNotContain("a.b.c", $"{caller} {caller.Token}", StringComparison.Ordinal);
        Assert.Equal("a.b.c", caller.Token!.Reveal());
    }

    private static Caller Staff() => new()
    {
        UserId = Guid.NewGuid(), Memberships = [new Membership(Organization, 2, OrganizationRole.Vendor)], OrganizationId = Organization,
        Token = new ForwardedToken("a.b.c"), Origin = RequestOrigin.Local,
    };

    private sealed class Service(Func<CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        public Service(HttpStatusCode status, string body, string type = "application/json")
            : this(_ => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) }))
        {
        }

        public List<(string Address, string? Token, string? Organization, string Body)> Requests { get; } = [];

        public HttpAccountDirectory Directory(TimeSpan? timeout = null) => new(
            new HttpClient(this, disposeHandler: false), new Uri("http://accounts.tests.example/base/"), new PhoneNumberParser("DE"), TimeProvider.System, NullLogger<HttpAccountDirectory>.Instance)
        {
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var organization = request.Headers.TryGetValues(ActingOrganization.Header, out var values) ? values.Single() : null;
            Requests.Add((request.RequestUri!.ToString(), request.Headers.Authorization?.ToString(), organization, await request.Content!.ReadAsStringAsync(cancellationToken)));
            return await answer(cancellationToken);
        }
    }
}
