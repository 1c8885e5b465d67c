using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>
/// Turns exceptions outside of use cases into the one error shape: unreadable bodies and parameters, an unavailable database, and bugs. No
/// text of an exception reaches the caller.
/// </summary>
public sealed partial class BadRequests(DatabaseOutage outage, ILogger<BadRequests> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // The client has disconnected. A statement that was cancelled for this reason says nothing about the database.
        if (httpContext.RequestAborted.IsCancellationRequested && (exception is OperationCanceledException || DatabaseFailure.IsTemporary(exception)))
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
            await Problems.WriteAsync(httpContext, StatusCodes.Status422UnprocessableEntity, "The request holds characters that cannot be stored (such as NUL).");
        }
        else if (DatabaseFailure.TroubleOf(exception) is { } trouble)
        {
            Report(trouble, exception);
            await Problems.WriteAsync(httpContext, DatabaseTroubles.ToError(trouble, httpContext));
        }
        else
        {
            var traceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
            LogBug(exception, traceId);
            await Problems.WriteAsync(httpContext, StatusCodes.Status500InternalServerError, "Something went wrong on our side. Please report it with the trace_id.", traceId: traceId);
        }

        return true;
    }

    private void Report(DatabaseTrouble trouble, Exception exception)
    {
        if (DatabaseFailure.IsAway(exception))
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
        if (bad.InnerException is JsonException wrong)
        {
            return wrong.InnerException is JsonException || wrong.Path is null
                ? Problems.WriteAsync(http, StatusCodes.Status400BadRequest, "The body is not valid JSON.")
                : Problems.WriteAsync(http, Error.Invalid(Field(wrong.Path), wrong is RefusedValueException ? wrong.Message : "The value has the wrong type or form."));
        }

        if (bad.StatusCode == StatusCodes.Status400BadRequest && ParameterName().Match(bad.Message) is { Success: true } parameter)
        {
            return Problems.WriteAsync(http, Error.Invalid(JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Groups["name"].Value), "The value has the wrong type or form."));
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
    private partial void LogRefused(DatabaseTrouble trouble, string reason);

    [LoggerMessage(LogLevel.Error, "Unexpected failure; trace {TraceId}")]
    private partial void LogBug(Exception exception, string traceId);
}
