using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Patron.Shared.Callers;
using Patron.Shared.Idempotency;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>
/// Makes a create repeatable: with an <c>Idempotency-Key</c> the response (a success or 400) is stored in the write's own transaction
/// and replayed for 24 hours, to callers who still have the right to the create. The same key with another body is 422; while the first
/// request is running, 409.
/// </summary>
public static class IdempotencyFilter
{
    public const string Header = "Idempotency-Key";
    private const int MaxKeyLength = 255;
    private static readonly string[] StoredHeaders = ["Location", "ETag", "Content-Type"];

    /// <summary>
    /// Adds idempotency to a create. <typeparamref name="TRequest"/> is the body that identifies a repeated request. <paramref
    /// name="refusal"/> is the use case's own rule on who may do it, without its side effects: it is asked before every answer, because a
    /// stored one must not go to somebody who has lost the right meanwhile.
    /// </summary>
    public static RouteHandlerBuilder Idempotent<TRequest>(
        this RouteHandlerBuilder builder, Func<HttpContext, TRequest, Task<Error?>> refusal)
        where TRequest : notnull => builder.WithMetadata(new TakesIdempotencyKey()).AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            if (!http.Request.Headers.TryGetValue(Header, out var header))
            {
                return await next(context);
            }

            var key = header.ToString();
            if (key.Length is 0 or > MaxKeyLength || InputText.Problem(key) is not null)
            {
                return Answers.Problem(Error.Invalid(Header, $"Must have 1 to {MaxKeyLength} characters."));
            }

            var request = context.Arguments.OfType<TRequest>().Single();
            if (await refusal(http, request) is { } refused)
            {
                return Answers.Problem(refused);
            }

            var scope = Scope(http.Caller(), ((RouteEndpoint)http.GetEndpoint()!).RoutePattern.RawText!);
            var result = await http.RequestServices.GetRequiredService<IdempotentWork>().RunAsync(
                scope, key, Hash(http, request), () =>
                    RecordAsync(http, context, next), http.RequestAborted);
            return result.ToResult(answer => new ReplayedAnswer(answer));
        });

    private static string Scope(Caller caller, string route) =>
        $"{caller.UserId?.ToString() ?? caller.Key?.Id.ToString()}/{caller.OrganizationId}/{route}";

    private static byte[] Hash<TRequest>(HttpContext http, TRequest request)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(request, options.GetTypeInfo(typeof(TRequest))));
        foreach (var (name, value) in http.Request.RouteValues) // The same body for another record is another request.
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\0{name}={value}"));
        }

        return hash.GetHashAndReset();
    }

    // The response is written before the transaction ends and sent afterwards, so that a sent response is always stored.
    private static async Task<StoredAnswer> RecordAsync(
        HttpContext http, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var original = http.Response.Body;
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        try
        {
            if (await next(context) is IResult result)
            {
                await result.ExecuteAsync(http);
            }

            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            var headers = StoredHeaders.Where(http.Response.Headers.ContainsKey)
                .ToDictionary(name => name, name => http.Response.Headers[name].ToString(), StringComparer.Ordinal);
            return new StoredAnswer(http.Response.StatusCode, headers, buffer.ToArray());
        }
        finally
        {
            http.Response.Body = original;
        }
    }

    private sealed class ReplayedAnswer(StoredAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers)
            {
                httpContext.Response.Headers[name] = value;
            }

            httpContext.Response.ContentLength = answer.Body.Length;
            await httpContext.Response.Body.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}

/// <summary>Marks a create that accepts an idempotency key, for the API reference.</summary>
public sealed record TakesIdempotencyKey;
