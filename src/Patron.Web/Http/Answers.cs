using Microsoft.AspNetCore.Http;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>Converts the result of a use case into an HTTP result. Errors name fields as the caller does.</summary>
public static class Answers
{
    public static IResult ToOk<T, TAnswer>(
        this Result<T> result, Func<T, TAnswer> shape, IReadOnlyDictionary<string, string>? fieldNames = null) =>
        result.Succeeded(out var value, out var error) ? TypedResults.Ok(shape(value)) : Problem(error, fieldNames);

    public static IResult ToNoContent<T>(this Result<T> result, IReadOnlyDictionary<string, string>? fieldNames = null) =>
        result.Error is { } error ? Problem(error, fieldNames) : TypedResults.NoContent();

    public static IResult ToResult<T>(
        this Result<T> result, Func<T, IResult> shape, IReadOnlyDictionary<string, string>? fieldNames = null) =>
        result.Succeeded(out var value, out var error) ? shape(value) : Problem(error, fieldNames);

    public static IResult Problem(Error error, IReadOnlyDictionary<string, string>? fieldNames = null) =>
        new ProblemResult(fieldNames is null ? error : error.WithFieldNames(fieldNames));
}
