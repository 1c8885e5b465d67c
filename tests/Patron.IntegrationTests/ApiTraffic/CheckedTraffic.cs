using System.Net;

namespace Patron.IntegrationTests.ApiTraffic;

/// <summary>
/// Compares all requests and answers of a client with docs/openapi.json; a difference fails the test. Paths that are not in the document
/// are not checked, nor is a 500 that a test has caused on purpose.
/// </summary>
public sealed class CheckedTraffic(Func<bool> expectsServerErrors) : DelegatingHandler(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(20) })
{
    /// <summary>The operation that the request was compared with, in the request's options.</summary>
    public static HttpRequestOptionsKey<string> CheckedOperation { get; } = new("judged-as");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (ApiDescription.Committed.Find(request.Method.Method, request.RequestUri!) is not { } operation
            || (response.StatusCode == HttpStatusCode.InternalServerError && expectsServerErrors()))
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

        request.Options.Set(CheckedOperation, operation.Name);
        var findings = operation.Findings(exchange).ToList();
        Assert.True(findings.Count == 0, $"{operation.Name} is not as docs/openapi.json says:\n{string.Join('\n', findings)}");
        return response;
    }

    // The committed document is that of the role all; other roles do not serve all of its paths.
    private static bool IsOfAnotherRole(Exchange exchange) =>
        exchange.Status == (int)HttpStatusCode.NotFound && exchange.Body.Contains("the path is served by the role", StringComparison.Ordinal);
}
