using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Patron.Web.Http;

namespace Patron.Dialects.OpenApi;

/// <summary>An answer of an operation, in words and as an example (JSON), for the API reference.</summary>
public sealed record DescribedAnswer(int Status, string Words, string? Example);

/// <summary>A request body as an example (JSON), for the API reference.</summary>
public sealed record RequestExample(string Json);

/// <summary>The body of an answer that is a file.</summary>
public sealed record DescribedFile;

/// <summary>The words that stand beside a route.</summary>
public static class Describing
{
    /// <summary>A short name and what the operation does.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder builder, string name, string summary, string? description = null) =>
        builder.WithName(name).WithSummary(summary).WithDescription(description ?? $"{summary}.");

    public static RouteHandlerBuilder TakesExample(this RouteHandlerBuilder builder, string json) => builder.WithMetadata(new RequestExample(json));

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder builder, int status, string words, string example) =>
        builder.Produces<T>(status).WithMetadata(new DescribedAnswer(status, words, example));

    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder builder, int status, string words) =>
        builder.Produces(status).WithMetadata(new DescribedAnswer(status, words, null));

    /// <summary>A file as the answer; it has no example.</summary>
    public static RouteHandlerBuilder AnswersFile(this RouteHandlerBuilder builder, int status, string words, string contentType) =>
        builder.Produces<DescribedFile>(status, contentType).WithMetadata(new DescribedAnswer(status, words, null));

    /// <summary>The errors an operation can answer with, besides those that every operation can.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder builder, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            builder.Produces<ProblemAnswer>(status, Problems.ContentType);
        }

        return builder;
    }
}
