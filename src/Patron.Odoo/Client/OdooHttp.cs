using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Polly;
using Polly.Timeout;

namespace Patron.Odoo.Client;

/// <summary>The status of a response, and its body if it is JSON.</summary>
internal sealed record OdooAnswer(HttpStatusCode Status, JsonElement? Json);

/// <summary>
/// Exchanges HTTP requests with Odoo's server, limited in size and time. Prefork servers use HTTP/1.0, all close the connection after each
/// response, and HTML may be returned instead of JSON (recordings of 17 and 19). Everything that prevents a response is <see
/// cref="OdooFailure.Unavailable"/>.
/// </summary>
/// <param name="limit">The timeout of one exchange, including its body.</param>
internal sealed class OdooHttp(HttpClient http, Uri baseUrl, TimeSpan limit, TimeProvider time)
{
    private const int MaxResponseLength = 64 * 1024 * 1024;

    private static readonly MediaTypeHeaderValue JsonType = new("application/json");

    private readonly ResiliencePipeline timeout = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(limit).Build();
    private readonly string root = baseUrl.AbsoluteUri.TrimEnd('/');

    public Task<OdooAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, root + path), cancellationToken);

    public Task<OdooAnswer> PostAsync(string path, byte[] json, Action<HttpRequestHeaders> addHeaders, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post, root + path) { Content = new ByteArrayContent(json) { Headers = { ContentType = JsonType } } };
        addHeaders(request.Headers);
        return SendAsync(request, cancellationToken);
    }

    private async Task<OdooAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var sent = request;
        try
        {
            return await timeout.ExecuteAsync(
                async token =>
                {
                    using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
                    await response.Content.LoadIntoBufferAsync(MaxResponseLength, token);
                    return new OdooAnswer(response.StatusCode, Parse(await response.Content.ReadAsByteArrayAsync(token)));
                },
                cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new OdooException(
                OdooFailure.Failed, $"Odoo's answer is longer than {MaxResponseLength / 1024 / 1024} MB; a smaller Odoo:PageSize helps.");
        }
        catch (Exception failure) when (failure is TimeoutRejectedException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            throw new OdooException(OdooFailure.Unavailable, $"Odoo did not answer within {limit.TotalSeconds:0.##} seconds.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            // The exception's message may contain the URL, so only the kind of failure is reported.
            var reason = failure is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var error }
                ? $"{error}"
                : "the connection broke";
            throw new OdooException(OdooFailure.Unavailable, $"Odoo cannot be reached right now ({reason}).");
        }
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
