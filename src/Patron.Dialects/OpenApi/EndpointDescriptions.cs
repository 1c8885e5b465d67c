using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Patron.Web.Http;

namespace Patron.Dialects.OpenApi;

/// <summary>Endpoint metadata for the API reference: the description of an answer and an example in JSON.</summary>
public sealed record DescribedAnswer(int Status, string Description, string? Example);

/// <summary>Endpoint metadata for the API reference: an example of the request body in JSON.</summary>
public sealed record RequestExample(string Json);

/// <summary>The type of an answer that is a file.</summary>
public sealed record DescribedFile;

/// <summary>Adds the texts and examples of the API reference to endpoints.</summary>
public static class EndpointDescriptions
{
    /// <summary>Sets the operation id, the summary and the description.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder builder, string name, string summary, string? description = null) =>
        builder.WithName(name).WithSummary(summary).WithDescription(description ?? $"{summary}.");

    public static RouteHandlerBuilder TakesExample(this RouteHandlerBuilder builder, string json) =>
        builder.WithMetadata(new RequestExample(json));

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder builder, int status, string description, string example) =>
        builder.Produces<T>(status).WithMetadata(new DescribedAnswer(status, description, example));

    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder builder, int status, string description) =>
        builder.Produces(status).WithMetadata(new DescribedAnswer(status, description, null));

    /// <summary>The answer is a file; it has no example.</summary>
    public static RouteHandlerBuilder AnswersFile(this RouteHandlerBuilder builder, int status, string description, string contentType) =>
        builder.Produces<DescribedFile>(status, contentType).WithMetadata(new DescribedAnswer(status, description, null));

    /// <summary>The error statuses of the operation, in addition to those of every operation.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder builder, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            builder.Produces<ProblemAnswer>(status, Problems.ContentType);
        }

        return builder;
    }
}
