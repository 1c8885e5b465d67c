using System.Diagnostics;
using System.Net;
using System.Text;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>Clients that send more than the server reads get an answer, not a broken connection.</summary>
[Collection(nameof(Alone))]
public sealed class OversizedBodyTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Login = "/api/auth/login/";

    [Theory]
    [InlineData(Login, true, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(Login, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(CustomerIntents.Api, true, HttpStatusCode.Unauthorized)]
    [InlineData(CustomerIntents.Api, false, HttpStatusCode.Unauthorized)]
    public async Task Client_that_sends_more_than_is_read_gets_its_answer(string path, bool tellsTheLength, HttpStatusCode status)
    {
        using var client = new HttpClient { BaseAddress = app.Accounts.Address };
        client.DefaultRequestHeaders.TransferEncodingChunked = !tellsTheLength;
        for (var round = 0; round < 5; round++)
        {
            using var body = new StringContent($$"""{"email": "{{new string('x', 8_000_000)}}"}""", Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(path, body);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Client_that_asks_before_it_sends_too_much_gets_its_answer_at_once()
    {
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(20) }) { BaseAddress = app.Accounts.Address };
        client.DefaultRequestHeaders.ExpectContinue = true; // As curl does for more than a megabyte.
        using var body = new StringContent($$"""{"email": "{{new string('x', 3_000_000)}}"}""", Encoding.UTF8, "application/json");
        var watch = Stopwatch.StartNew();

        using var answer = await client.PostAsync(Login, body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4), $"The answer came after {watch.Elapsed.TotalSeconds:0.0} s.");
    }
}
