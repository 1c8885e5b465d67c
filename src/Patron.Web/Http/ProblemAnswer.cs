using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>The one shape of every error (contract, 'Errors: one shape'; RFC 9457). What does not apply is left out.</summary>
public sealed record ProblemAnswer(string Type, string Title, int Status, string Detail)
{
    /// <summary>Field name, as the caller spelled it, to what is wrong with it; with 422 only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>Always false; in the dialects whose clients look for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Success { get; init; }

    /// <summary>The detail once more; in the dialects whose clients look for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }

    /// <summary>What Frappe's clients tell errors apart by; in the dialect they speak.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExcType { get; init; }

    /// <summary>What to quote to the operator; with 500 only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }
}

/// <summary>
/// The page that tells a person what a program reads as JSON, where there are pages for people; null where the request is none of theirs.
/// </summary>
public delegate IResult? ProblemPage(HttpContext http, ProblemAnswer problem);

/// <summary>Writes errors, from wherever in the pipeline they come.</summary>
public static class Problems
{
    public const string ContentType = "application/problem+json";

    // The framework finds these two out in different places: by an exception, or with an empty answer.
    internal const string TooLarge = "The body is larger than this address takes (1 MB unless it says otherwise).";
    public const string NotJson = "Send the body as JSON, with 'Content-Type: application/json'.";

    /// <summary>The status that each kind of 'no' has in the contract.</summary>
    public static int Status(ErrorKind kind) => kind switch
    {
        ErrorKind.Rule => StatusCodes.Status400BadRequest,
        ErrorKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.InProgress => StatusCodes.Status409Conflict,
        ErrorKind.Stale => StatusCodes.Status412PreconditionFailed,
        ErrorKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        ErrorKind.RateLimited => StatusCodes.Status429TooManyRequests,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static Task WriteAsync(HttpContext http, Error error)
    {
        if (error.RetryAfter is { } pause)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(http, Status(error.Kind), error.Detail, error.Fields);
    }

    public static Task WriteAsync(
        HttpContext http, int status, string detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null, string? traceId = null)
    {
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        var speaksSuccess = SpeaksSuccess(http.Request.Path);
        var problem = new ProblemAnswer("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail)
        {
            Errors = errors,
            Success = speaksSuccess ? false : null,
            Message = speaksSuccess ? detail : null,
            ExcType = IsForFrappe(http.Request.Path) ? FrappeException(status) : null,
            TraceId = traceId,
        };
        return http.RequestServices.GetService<ProblemPage>()?.Invoke(http, problem) is { } page
            ? page.ExecuteAsync(http)
            : http.Response.WriteAsJsonAsync(problem, HttpJson.Default.ProblemAnswer, ContentType, http.RequestAborted);
    }

    /// <summary>A sentence for the answers that the framework leaves empty: no such path, wrong method.</summary>
    public static Task WriteStatusAsync(Microsoft.AspNetCore.Diagnostics.StatusCodeContext empty)
    {
        var response = empty.HttpContext.Response;
        return WriteAsync(empty.HttpContext, response.StatusCode, response.StatusCode switch
        {
            StatusCodes.Status404NotFound when empty.HttpContext.Request.Path.StartsWithSegments(Methods, StringComparison.OrdinalIgnoreCase) => "There is no method of this name here. Those there are, are described at /docs.",
            StatusCodes.Status404NotFound => "There is nothing at this address. The API is described at /docs.",
            StatusCodes.Status405MethodNotAllowed => $"This address does not take {empty.HttpContext.Request.Method}; it takes {response.Headers.Allow}.",
            StatusCodes.Status413PayloadTooLarge => TooLarge,
            StatusCodes.Status415UnsupportedMediaType => NotJson,
            _ => ReasonPhrases.GetReasonPhrase(response.StatusCode),
        });
    }

    // The tradeline, accounts and portal dialects add 'success' and 'message' to the same object.
    private static bool SpeaksSuccess(PathString path) =>
        IsForFrappe(path) || SuccessDialects.Any(prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    // Its commands are sent to the bare address.
    private static bool IsForFrappe(PathString path) => path.StartsWithSegments(Methods, StringComparison.OrdinalIgnoreCase) || path == "/";

    private static string? FrappeException(int status) => status switch
    {
        StatusCodes.Status400BadRequest or StatusCodes.Status422UnprocessableEntity => "ValidationError",
        StatusCodes.Status401Unauthorized => "AuthenticationError",
        StatusCodes.Status403Forbidden => "PermissionError",
        StatusCodes.Status404NotFound => "DoesNotExistError",
        StatusCodes.Status429TooManyRequests => "RateLimitExceededError",
        _ => null,
    };

    private static readonly PathString Methods = "/api/method";
    private static readonly PathString[] SuccessDialects = ["/api/auth", "/api/portal"];
}

/// <summary>An expected 'no' as the result of an endpoint.</summary>
public sealed class ProblemResult(Error error) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => Problems.Status(error.Kind);

    public Task ExecuteAsync(HttpContext httpContext) => Problems.WriteAsync(httpContext, error);
}
