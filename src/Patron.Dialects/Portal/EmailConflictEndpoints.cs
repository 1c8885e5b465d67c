using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Dialects.OpenApi;
using Patron.Linking;
using Patron.Web.Http;

namespace Patron.Dialects.Portal;

/// <summary>A record or account, and the other one with the same mailbox. The other is null if the address is invalid.</summary>
public sealed record EmailConflictAnswer(string Kind, string Id, string Email, string? OtherId, string? OtherEmail, DateTimeOffset FoundAt)
{
    public static EmailConflictAnswer From(EmailConflict one) => new(one.Kind, one.Id, one.Email, one.OtherId, one.OtherEmail, one.FoundAt);
}

public sealed record EmailConflictsAnswer(bool Success, IReadOnlyList<EmailConflictAnswer> Data, int Total);

/// <summary>Lists, for staff, records and accounts that have the same mailbox in different spellings.</summary>
internal static class EmailConflictEndpoints
{
    private const string Example = """
        {"success": true, "data": [{"kind": "customer", "id": "CUST_A1B2C3D4", "email": "anna@bücher.example", "other_id": "CUST_B2C3D4E5", "other_email": "anna@xn--bcher-kva.example", "found_at": "2026-11-29T02:00:00Z"}], "total": 1}
        """;

    public static void MapEmailConflicts(this RouteGroupBuilder portal) =>
        portal.MapGet("/api/portal/email-conflicts", ListAsync)
            .Describe(
                "list_email_conflicts", "List email conflicts",
                "Records of the acting organization and, to administrators, accounts (kind: customer or user), which were kept before the spellings of a domain counted as one. Change or merge one of the two, and the entry is gone.")
            .Answers<EmailConflictsAnswer>(200, "The oldest first, at most 1000.", Example)
            .Fails(401, 403, 404, 503);

    private static async Task<IResult> ListAsync(ListEmailConflicts list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), cancellationToken)).ToOk(found => new EmailConflictsAnswer(
            true, [.. found.Select(EmailConflictAnswer.From)],
            found.Count));
}
