using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Customers;

/// <summary>The client of the accounts service, as the host registers it.</summary>
public sealed class AccountsServiceTests : IDisposable
{
    private static readonly Guid Jane = new("0198c0de-1111-7000-8000-000000000001");

    private readonly Service service = new();
    private readonly ServiceProvider services;

    public AccountsServiceTests()
    {
        var collection = new ServiceCollection();
        collection.AddSingleton(TimeProvider.System).AddSingleton(new PhoneNumberParser("DE")).AddSingleton<ILoggerFactory, NullLoggerFactory>().AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        collection.AddAccountsService(new Uri("http://accounts.tests.example"));
        collection.AddHttpClient(AccountsService.ClientName).ConfigurePrimaryHttpMessageHandler(() => service);
        services = collection.BuildServiceProvider();
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    public async Task Failed_connection_is_retried_once(HttpRequestError failure)
    {
        service.Next.Enqueue(() => throw new HttpRequestException(failure));
        service.Next.Enqueue(() => new HttpResponseMessage { Content = new StringContent("""{"results": []}""") });
        Assert.Empty((await LookUpAsync()).Value);
        Assert.Equal(2, service.Requests.Count);
        Assert.Equal(service.Requests[0], service.Requests[1]);
        Assert.Contains($"{Jane}", service.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unavailable_service_is_503_after_two_attempts()
    {
        Assert.Equal(ErrorKind.Unavailable, (await LookUpAsync()).Error?.Kind);
        Assert.Equal(2, service.Requests.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Delivered_request_is_not_retried(HttpStatusCode status)
    {
        service.Next.Enqueue(() => new HttpResponseMessage(status));
        Assert.Equal(ErrorKind.Unavailable, (await LookUpAsync()).Error?.Kind);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task National_phone_is_parsed_by_the_configured_region()
    {
        service.Next.Enqueue(() => new HttpResponseMessage
        {
            Content = new StringContent($$"""
                {"results": [{"id": "{{Jane}}", "email": "jane@example.com", "email_verified": true, "first_name": "Jane", "last_name": "Doe",
                    "phone_number": "030 1234567", "taken_over_at": null}]}
                """),
        });
        var account = Assert.Single((await LookUpAsync()).Value);
        Assert.Equal(("030 1234567", "+49301234567"), (account.Phone, account.PhoneE164));
    }

    [Fact]
    public async Task Verification_keys_are_fetched_with_the_same_retry()
    {
        service.Next.Enqueue(() => throw new HttpRequestException(HttpRequestError.ConnectionError));
        service.Next.Enqueue(() => new HttpResponseMessage { Content = new StringContent("""{"keys": []}""") });
        await services.GetRequiredService<HttpVerificationKeys>().RefreshAsync(default);
        Assert.Equal(2, service.Requests.Count);
    }

    public void Dispose()
    {
        services.Dispose();
        service.Dispose();
    }

    private Task<Result<IReadOnlyList<Account>>> LookUpAsync() =>
        services.GetRequiredService<IAccountDirectory>().ReadAsync(new Caller { UserId = Jane, Origin = RequestOrigin.Local }, [Jane], default);

    private sealed class Service : HttpMessageHandler
    {
        public Queue<Func<HttpResponseMessage>> Next { get; } = [];

        public List<string> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add($"{request.RequestUri} {(request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "")}");
            return Next.TryDequeue(out var answer) ? answer() : throw new HttpRequestException(HttpRequestError.ConnectionError);
        }
    }
}
