using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>
/// Turns exceptions outside of use cases into the one error shape: unreadable bodies and parameters, an unavailable database, and bugs. No
/// text of an exception reaches the caller.
/// </summary>
public sealed partial class ProblemExceptionHandler(DatabaseOutage outage, ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    private static readonly Error NoObject = new(ErrorKind.Invalid, "invalid_body", "The body must be a JSON object.");

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // The client has disconnected. A statement that was cancelled for this reason says nothing about the database.
        if (httpContext.RequestAborted.IsCancellationRequested
            && (exception is OperationCanceledException || DatabaseFailure.IsTemporary(exception)))
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        if (exception is BadHttpRequestException bad)
        {
            await WriteAsync(httpContext, bad);
        }
        else if (DatabaseFailure.IsUnstorableText(exception))
        {
            await Problems.WriteAsync(
                httpContext,
                new Error(ErrorKind.Invalid, FieldErrors.Code, "The request contains characters that can't be stored, such as NUL."));
        }
        else if (DatabaseFailure.KindOf(exception) is { } trouble)
        {
            Report(trouble, exception);
            await Problems.WriteAsync(httpContext, DatabaseTroubles.ToError(trouble, httpContext));
        }
        else
        {
            LogBug(exception, Problems.RequestId(httpContext));
            await Problems.WriteAsync(
                httpContext, StatusCodes.Status500InternalServerError, "internal_error",
                "Something went wrong on our side. Please report it with the request_id.");
        }

        return true;
    }

    private void Report(DatabaseFailureKind trouble, Exception exception)
    {
        if (DatabaseFailure.IsUnavailable(exception))
        {
            outage.Report(exception);
        }
        else
        {
            LogRefused(trouble, DatabaseFailure.Reason(exception));
        }
    }

    private static Task WriteAsync(HttpContext http, BadHttpRequestException bad)
    {
        var endpoint = http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var error = bad.InnerException is JsonException wrong
            ? Describe(http, endpoint, wrong)
            : RequestParameters.FindMistakes(http, endpoint, bad.Message);
        if (error is not null)
        {
            return Problems.WriteAsync(http, error);
        }

        return bad.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => Problems.WriteAsync(http, bad.StatusCode, Problems.TooLargeCode, Problems.TooLarge),
            StatusCodes.Status415UnsupportedMediaType => Problems.WriteAsync(http, bad.StatusCode, Problems.NotJsonCode, Problems.NotJson),
            StatusCodes.Status400BadRequest when bad.Message.Contains("body", StringComparison.Ordinal) => Problems.WriteAsync(http, NoObject),
            _ => Problems.WriteAsync(http, bad.StatusCode, Problems.UnreadableCode, "The request couldn't be read."),
        };
    }

    private static Error Describe(HttpContext http, Endpoint? endpoint, JsonException wrong)
    {
        // For malformed JSON the exception of the reader is nested; for a value of the wrong type there is only a path.
        if (wrong is { InnerException: JsonException } or { Path: null })
        {
            return Malformed(wrong);
        }

        return RequestMistakes.Find(http, endpoint) ?? FirstMistake(wrong);
    }

    // '$.first_name' is the field; '$' alone is the body itself.
    private static Error FirstMistake(JsonException wrong) => wrong.Path is { Length: > 2 } path
        ? Error.Invalid(path[2..], wrong is InvalidValueException ? wrong.Message : "Must be a value of another type.")
        : NoObject;

    private static Error Malformed(JsonException wrong)
    {
        var place = wrong is { LineNumber: { } line, BytePositionInLine: { } position } ? $" Look at line {line + 1}, position {position + 1}." : "";
        return Error.Rule("invalid_json", "The body isn't valid JSON." + place);
    }

    [LoggerMessage(LogLevel.Warning, "Request refused because of the database ({Trouble}): {Reason}")]
    private partial void LogRefused(DatabaseFailureKind trouble, string reason);

    [LoggerMessage(LogLevel.Error, "Unexpected failure; request {RequestId}")]
    private partial void LogBug(Exception exception, string requestId);
}

/// <summary>Maps database failures to a 503 that says whether the change was made, as far as that is known.</summary>
internal static class DatabaseTroubles
{
    private const string Unknown =
        "The connection to the database broke. We don't know whether your change was made. Look first, or repeat the request with the same Idempotency-Key.";

    private const string NotReplicated =
        "Your change was made, but the standby database has not confirmed it, and a failover might lose it. Look first, then repeat the request if need be.";

    private const string Away = "The database can't be reached right now. Nothing was changed. Please try again in a few seconds.";
    private const string ReadOnly = "The database takes no changes right now. Nothing was changed. Please try again in a few seconds.";
    private const string TooSlow =
        "Somebody else is changing the same data, or the database is too busy. Nothing was changed. Please try again in a moment.";
    private const string Conflict = "Others kept changing the same data. Nothing was changed. Please try again.";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    public static Error ToError(DatabaseFailureKind trouble, HttpContext http) => trouble switch
    {
        DatabaseFailureKind.Unreachable when MayHaveWritten(http) => Unavailable("outcome_unknown", Unknown, Later),
        DatabaseFailureKind.Unreachable => Unavailable("database_unavailable", Away, Later),
        DatabaseFailureKind.NotReplicated => Unavailable("not_replicated", NotReplicated, Later),
        DatabaseFailureKind.ReadOnly => Unavailable("database_read_only", ReadOnly, Later),
        DatabaseFailureKind.TooSlow => Unavailable("busy", TooSlow, Soon),
        _ => Unavailable("conflict", Conflict, Soon),
    };

    // An interrupted transaction may have been committed, because PostgreSQL's answer was lost.
    private static bool MayHaveWritten(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
            && http.RequestServices.GetRequiredService<DatabaseSession>().WasUsed;

    private static Error Unavailable(string code, string sentence, TimeSpan retryAfter) =>
        new(ErrorKind.Unavailable, code, sentence) { RetryAfter = retryAfter };
}
