using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>
/// The one shape of every error (contract, 'Errors: one shape'; RFC 9457). The code is for programs (docs/errors.md); the id of the request
/// is also in the log. Members that do not apply are omitted.
/// </summary>
public sealed record ProblemAnswer(string Type, string Title, int Status, string Code, string Detail, string RequestId)
{
    /// <summary>Errors by field name, as the caller spelled it; only with 422.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>The id of the record that already has what was asked for, such as the email address; only for staff.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Existing { get; init; }

    /// <summary>Always false; only in dialects whose clients expect it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Success { get; init; }

    /// <summary>The same as the detail; only in dialects whose clients expect it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }

    /// <summary>The exception type by which Frappe's clients distinguish errors; only in their dialect.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExcType { get; init; }
}

/// <summary>Returns the error as a page for people, or null if the request is not for a page.</summary>
public delegate IResult? ProblemPage(HttpContext http, ProblemAnswer problem);

/// <summary>Writes errors from anywhere in the pipeline.</summary>
public static class Problems
{
    public const string ContentType = "application/problem+json";

    // The framework reports these two in different ways: by an exception, or by an empty response.
    internal const string TooLarge = "The body is larger than this address takes (1 MB unless it says otherwise).";
    internal const string TooLargeCode = "body_too_large";
    internal const string NotJsonCode = "not_json";
    internal const string UnreadableCode = "request_unreadable";

    // The codes of refused access tokens.
    internal const string TokenExpired = "token_expired";
    internal const string TokenInvalid = "token_invalid";
    internal const string SessionEnded = "session_ended";

    public const string NotJson = "Send the body as JSON, with 'Content-Type: application/json'.";

    /// <summary>The status of each kind of error in the contract.</summary>
    public static int Status(ErrorKind kind) => kind switch
    {
        ErrorKind.Rule => StatusCodes.Status400BadRequest,
        ErrorKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.InProgress or ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.Stale => StatusCodes.Status412PreconditionFailed,
        ErrorKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        ErrorKind.RateLimited => StatusCodes.Status429TooManyRequests,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static Task WriteAsync(HttpContext http, Error error)
    {
        if (error.RetryAfter is { } delay)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(http, Status(error.Kind), error.Code, error.Detail, error.Fields, error.Existing);
    }

    public static Task WriteAsync(
        HttpContext http, int status, string code, string detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null,
        string? existing = null)
    {
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = Challenge(code, detail);
        }

        var hasSuccessMember = HasSuccessMember(http.Request.Path);
        var problem = new ProblemAnswer("about:blank", ReasonPhrases.GetReasonPhrase(status), status, code, detail, RequestId(http))
        {
            Errors = errors,
            Existing = existing,
            Success = hasSuccessMember ? false : null,
            Message = hasSuccessMember ? detail : null,
            ExcType = IsForFrappe(http.Request.Path) ? FrappeException(status) : null,
        };
        return http.RequestServices.GetService<ProblemPage>()?.Invoke(http, problem) is { } page
            ? page.ExecuteAsync(http)
            : http.Response.WriteAsJsonAsync(problem, HttpJson.Answers.ProblemAnswer, ContentType, http.RequestAborted);
    }

    /// <summary>Adds a sentence to responses that the framework leaves empty, such as unknown paths and wrong methods.</summary>
    public static Task WriteStatusAsync(Microsoft.AspNetCore.Diagnostics.StatusCodeContext empty)
    {
        var response = empty.HttpContext.Response;
        var (code, detail) = response.StatusCode switch
        {
            StatusCodes.Status404NotFound when empty.HttpContext.Request.Path.StartsWithSegments(Methods, StringComparison.OrdinalIgnoreCase) =>
                ("path_not_found", "There's no method with this name. The API is described at /docs."),
            StatusCodes.Status404NotFound => ("path_not_found", "There's nothing at this address. The API is described at /docs."),
            StatusCodes.Status405MethodNotAllowed =>
                ("method_not_allowed", $"This address doesn't take {empty.HttpContext.Request.Method}. It takes {response.Headers.Allow}."),
            StatusCodes.Status413PayloadTooLarge => (TooLargeCode, TooLarge),
            StatusCodes.Status415UnsupportedMediaType => (NotJsonCode, NotJson),
            _ => (UnreadableCode, ReasonPhrases.GetReasonPhrase(response.StatusCode)),
        };
        return WriteAsync(empty.HttpContext, response.StatusCode, code, detail);
    }

    /// <summary>The id of a request, in its error and in the log.</summary>
    internal static string RequestId(HttpContext http) => Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;

    // RFC 6750, section 3: the reason is named only to callers who sent a token. Details are ASCII without quotes.
    private static string Challenge(string code, string detail) =>
        code is TokenExpired or TokenInvalid or SessionEnded ? $"Bearer error=\"invalid_token\", error_description=\"{detail}\"" : "Bearer";

    // The tradeline, accounts and portal dialects add 'success' and 'message' to the same object.
    private static bool HasSuccessMember(PathString path) =>
        IsForFrappe(path) || SuccessDialects.Any(prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    // Frappe's commands are also sent to the root path.
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

/// <summary>An error as the result of an endpoint.</summary>
public sealed class ProblemResult(Error error) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => Problems.Status(error.Kind);

    public Task ExecuteAsync(HttpContext httpContext) => Problems.WriteAsync(
        httpContext, error.Kind == ErrorKind.Invalid ? RequestMistakes.WithSimilarNames(httpContext, error) : error);
}
