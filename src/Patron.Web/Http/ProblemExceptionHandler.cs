using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
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
    private const string WrongValue = "The value has the wrong type or form.";

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
                httpContext, StatusCodes.Status422UnprocessableEntity, "The request holds characters that cannot be stored (such as NUL).");
        }
        else if (DatabaseFailure.KindOf(exception) is { } trouble)
        {
            Report(trouble, exception);
            await Problems.WriteAsync(httpContext, DatabaseTroubles.ToError(trouble, httpContext));
        }
        else
        {
            var traceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
            LogBug(exception, traceId);
            await Problems.WriteAsync(
                httpContext, StatusCodes.Status500InternalServerError,
                "Something went wrong on our side. Please report it with the trace_id.", traceId: traceId);
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
        // For malformed JSON the exception of the reader is nested; for a value of the wrong type there is only a path.
        if (bad.InnerException is JsonException { InnerException: JsonException } or JsonException { Path: null })
        {
            return Problems.WriteAsync(http, StatusCodes.Status400BadRequest, "The body is not valid JSON.");
        }

        if (bad.InnerException is JsonException { Path: { } path } wrong)
        {
            return Problems.WriteAsync(http, Error.Invalid(Field(path), wrong is InvalidValueException ? wrong.Message : WrongValue));
        }

        if (bad.StatusCode == StatusCodes.Status400BadRequest && ParameterName().Match(bad.Message) is { Success: true } parameter)
        {
            return Problems.WriteAsync(
                http,
                Error.Invalid(
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Groups["name"].Value), WrongValue));
        }

        return bad.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => Problems.WriteAsync(http, bad.StatusCode, Problems.TooLarge),
            StatusCodes.Status415UnsupportedMediaType => Problems.WriteAsync(http, bad.StatusCode, Problems.NotJson),
            StatusCodes.Status400BadRequest when bad.Message.Contains("body", StringComparison.Ordinal) =>
                Problems.WriteAsync(http, StatusCodes.Status422UnprocessableEntity, "The body must be a JSON object."),
            _ => Problems.WriteAsync(http, bad.StatusCode, "The request could not be read."),
        };
    }

    // '$.first_name' is the field; '$' alone is the body itself.
    private static string Field(string path) => path.Length > 2 ? path[2..] : "body";

    // Minimal APIs name the invalid parameter only in the message: Failed to bind parameter "int limit" from "x".
    [GeneratedRegex("""^Failed to bind parameter "\S+ (?<name>\w+)" from """, RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ParameterName();

    [LoggerMessage(LogLevel.Warning, "Request refused because of the database ({Trouble}): {Reason}")]
    private partial void LogRefused(DatabaseFailureKind trouble, string reason);

    [LoggerMessage(LogLevel.Error, "Unexpected failure; trace {TraceId}")]
    private partial void LogBug(Exception exception, string traceId);
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
        DatabaseFailureKind.Unreachable => Unavailable(MayHaveWritten(http) ? Unknown : Away, Later),
        DatabaseFailureKind.NotReplicated => Unavailable(NotReplicated, Later),
        DatabaseFailureKind.ReadOnly => Unavailable(ReadOnly, Later),
        DatabaseFailureKind.TooSlow => Unavailable(TooSlow, Soon),
        _ => Unavailable(Conflict, Soon),
    };

    // An interrupted transaction may have been committed, because PostgreSQL's answer was lost.
    private static bool MayHaveWritten(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
            && http.RequestServices.GetRequiredService<DatabaseSession>().WasUsed;

    private static Error Unavailable(string sentence, TimeSpan retryAfter) =>
        new(ErrorKind.Unavailable, sentence) { RetryAfter = retryAfter };
}
