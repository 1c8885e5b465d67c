using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Comments;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>The text of a new or changed comment.</summary>
public sealed record CommentRequest(string? Text = null);

/// <summary>A comment of staff. Its author is an account or an API key.</summary>
public sealed record CommentAnswer(
    Guid Id, string Text, Guid? AuthorUserId, Guid? AuthorKeyId, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt)
{
    internal const string Example = """
        {"id": "0198c0de-6666-7000-8000-000000000001", "text": "Prefers to be called in the evening.", "author_user_id": "0198c0de-1111-7000-8000-000000000001", "author_key_id": null, "created_at": "2026-11-29T10:30:00Z", "edited_at": null}
        """;

    internal static CommentAnswer From(CustomerComment comment) => new(
        comment.Uid, comment.Text, comment.AuthorUserId, comment.AuthorKeyId, comment.CreatedAt, comment.EditedAt);
}

/// <summary>What staff write about a customer for one another. The customer does not see it.</summary>
internal static class CommentEndpoints
{
    private const string TextExample = """{"text": "Prefers to be called in the evening."}""";

    public static void MapComments(this RouteGroupBuilder customers)
    {
        customers.MapGet("/{customer_id}/comments", ListAsync)
            .Describe(
                "list_comments", "List comments",
                $"For staff: what staff wrote about the customer, the newest first, at most {ListComments.MaxComments}. The customer doesn't see them.")
            .Answers<IEnumerable<CommentAnswer>>(200, "The comments.", $"[{CommentAnswer.Example}]")
            .Fails(401, 403, 404, 503);
        customers.MapPost("/{customer_id}/comments", AddAsync).Idempotent<CommentRequest>(AddRefusalAsync)
            .Describe(
                "add_comment", "Add a comment",
                $"For staff: plain text of up to {CustomerComment.MaxLength} characters, with line breaks. The customer's version stays. A merge moves comments, and its undo returns them.")
            .TakesExample(TextExample)
            .Answers<CommentAnswer>(201, "The new comment.", CommentAnswer.Example)
            .Fails(400, 401, 403, 404, 409, 413, 415, 422, 503);
        customers.MapPatch("/{customer_id}/comments/{comment:guid}", ChangeAsync)
            .Describe("change_comment", "Change a comment", "For its author. The timeline keeps the earlier text.")
            .TakesExample(TextExample)
            .Answers<CommentAnswer>(200, "The comment as it is now.", CommentAnswer.Example)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        customers.MapDelete("/{customer_id}/comments/{comment:guid}", RemoveAsync)
            .Describe("remove_comment", "Remove a comment", "For its author and administrators. The timeline keeps the text.")
            .Answers<CommentAnswer>(200, "The comment as it was.", CommentAnswer.Example)
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> ListAsync(
        [FromRoute(Name = "customer_id")] string customerId, ListComments list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), customerId, cancellationToken)).ToOk(found => found.Select(CommentAnswer.From));

    private static Task<Error?> AddRefusalAsync(HttpContext http, CommentRequest request) =>
        http.RequestServices.GetRequiredService<AddComment>()
            .RefusalAsync(http.Caller(), (string)http.GetRouteValue("customer_id")!, http.RequestAborted);

    private static async Task<IResult> AddAsync(
        [FromRoute(Name = "customer_id")] string customerId, CommentRequest request, AddComment add, HttpContext http,
        CancellationToken cancellationToken) =>
        (await add.HandleAsync(http.Caller(), customerId, request.Text, cancellationToken)).ToResult(added => TypedResults.Created(
            $"/api/v1/customers/{customerId}/comments/{added.Uid}/", CommentAnswer.From(added)));

    private static async Task<IResult> ChangeAsync(
        [FromRoute(Name = "customer_id")] string customerId, Guid comment, CommentRequest request, ChangeComment change, HttpContext http,
        CancellationToken cancellationToken) =>
        (await change.HandleAsync(http.Caller(), customerId, comment, request.Text, cancellationToken)).ToOk(CommentAnswer.From);

    private static async Task<IResult> RemoveAsync(
        [FromRoute(Name = "customer_id")] string customerId, Guid comment, RemoveComment remove, HttpContext http,
        CancellationToken cancellationToken) =>
        (await remove.HandleAsync(http.Caller(), customerId, comment, cancellationToken)).ToOk(CommentAnswer.From);
}
