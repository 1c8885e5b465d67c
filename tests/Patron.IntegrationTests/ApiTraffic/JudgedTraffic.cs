using System.Net;

namespace Patron.IntegrationTests.ApiTraffic;

/// <summary>
/// Compares everything that goes through a client with docs/openapi.json: what is not as described there fails the test in whose
/// traffic it stands. Addresses that the document does not know are not judged, nor is a bug (500) that a test has made on purpose.
/// </summary>
public sealed class JudgedTraffic(Func<bool> areBugsMeant) : DelegatingHandler(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(20) })
{
    /// <summary>On the request, the operation that the exchange was compared with.</summary>
    public static HttpRequestOptionsKey<string> JudgedAs { get; } = new("judged-as");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (ApiDescription.Committed.Find(request.Method.Method, request.RequestUri!) is not { } operation
            || (response.StatusCode == HttpStatusCode.InternalServerError && areBugsMeant()))
        {
            return response;
        }

        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var exchange = new Exchange(
            request.Method.Method, request.RequestUri!,
            response.IsSuccessStatusCode && request.Content is { } sent ? await sent.ReadAsStringAsync(cancellationToken) : null,
            (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(cancellationToken));
        if (IsOfAnotherRole(exchange))
        {
            return response;
        }

        request.Options.Set(JudgedAs, operation.Name);
        var findings = operation.Findings(exchange).ToList();
        Assert.True(findings.Count == 0, $"{operation.Name} is not as docs/openapi.json says:\n{string.Join('\n', findings)}");
        return response;
    }

    // A process that does not serve the path describes it neither; the committed document is that of the role all.
    private static bool IsOfAnotherRole(Exchange exchange) =>
        exchange.Status == (int)HttpStatusCode.NotFound && exchange.Body.Contains("the path is served by the role", StringComparison.Ordinal);
}
