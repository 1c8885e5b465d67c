using System.Text.Json.Nodes;
using Patron.Customers.Customers;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Comments;

/// <summary>A comment of staff on a customer: plain text of several lines. Its author is a person or an API key. Times are UTC.</summary>
public sealed record CustomerComment(
    Guid Uid, Guid CustomerUid, Guid? AuthorUserId, Guid? AuthorKeyId, string Text, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt)
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 4000;

    internal const string Columns = "uid, customer_uid, author_user_id, author_key_id, text, created_at, edited_at";

    internal static CustomerComment Read(RowCursor row) => new(
        row.Uuid(), row.Uuid(), row.OptionalUuid(), row.OptionalUuid(), row.Text(), row.Time(), row.OptionalTime());

    /// <summary>Whether the caller wrote it.</summary>
    internal bool IsBy(Caller caller) => caller.Key is { } key
        ? AuthorKeyId == key.Id
        : AuthorUserId == caller.UserId && AuthorKeyId is null;

    /// <summary>The text as it is stored, or 422: it must not be blank or too long. Line breaks are allowed.</summary>
    internal static Result<string> Check(string? text)
    {
        if (TextRules.NullIfBlank(text) is not { } trimmed)
        {
            return Error.Invalid("text", "Enter a comment.");
        }

        if (TextRules.IsLonger(trimmed, MaxLength))
        {
            return Error.Invalid("text", $"Must have at most {MaxLength} characters.");
        }

        return TextRules.Problem(trimmed, severalLines: true) is { } problem ? Error.Invalid("text", problem) : trimmed;
    }

    /// <summary>The audit entry of a change; the subject is the customer, and the comment's id and texts are its values.</summary>
    internal static AuditEntry EntryFor(
        Caller caller, string action, Customer customer, CustomerComment? before, CustomerComment? after, DateTimeOffset at) =>
        AuditEntry.For(caller, action, "customer", customer.Uid, at, customer.OrganizationId, before: ToJson(before), after: ToJson(after));

    private static string? ToJson(CustomerComment? comment) =>
        comment is null ? null : new JsonObject { ["id"] = comment.Uid.ToString(), ["comment"] = comment.Text }.ToJsonString();
}
