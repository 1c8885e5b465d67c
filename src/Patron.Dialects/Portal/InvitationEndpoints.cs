using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Activation;
using Patron.Dialects.OpenApi;
using Patron.Linking.Activation;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Portal;

/// <summary>
/// The customers to invite, by <c>customer_id</c>, <c>account_number</c> or <c>uid</c>; if omitted, all who have not been invited before.
/// </summary>
public sealed record InvitationsRequest(IReadOnlyList<string>? Customers = null);

public sealed record InvitedAnswer(bool Success, string Message, int Invited, int AlreadyInvited, IReadOnlyList<string> NotWaiting)
{
    public static InvitedAnswer From(InvitedCustomers result) => new(
        true, "They are mailed one after the other, so many an hour as the settings say.", result.Invited, result.AlreadyInvited,
        result.NotWaiting);
}

/// <summary>
/// An invitation and its customer. The customer is null if the record has been erased or merged since. <c>refused_at</c> and
/// <c>refusal</c> are about the last mail to the customer's address that its server refused for good within 30 days.
/// </summary>
public sealed record InvitationAnswer(
    PortalCustomerAnswer? Customer, ActivationInvitationState State, DateTimeOffset InvitedAt, int Mails, DateTimeOffset? LastMailedAt,
    DateTimeOffset? NextMailAt, DateTimeOffset? CameAt, DateTimeOffset? RefusedAt, string? Refusal)
{
    public static InvitationAnswer From(InvitationView view) => new(
        view.Customer is null
            ? null
            : PortalCustomerAnswer.From(view.Customer), view.State, view.Invitation.InvitedAt, view.Invitation.Mails,
        view.Invitation.LastMailedAt, view.Invitation.DueAt, view.Invitation.CameAt, view.Refusal?.At, view.Refusal?.Reason);
}

public sealed record InvitationsAnswer(bool Success, IReadOnlyList<InvitationAnswer> Data, int Total);

/// <summary>Invites customers, for staff of the home organization, and lists the invitations.</summary>
internal static class InvitationEndpoints
{
    private const int MaxPageSize = 1000;

    private const string InvitedExample = """
        {"success": true, "message": "They are mailed one after the other, so many an hour as the settings say.", "invited": 142, "already_invited": 18, "not_waiting": []}
        """;

    private const string ListExample = """
        {"success": true, "data": [{"customer": {"id": 123, "name": "John Doe", "email": "customer@example.com", "account_number": "CUST-A1B2C3D4", "phone": null, "type": "individual"}, "state": "invited", "invited_at": "2026-11-21T09:00:00Z", "mails": 1, "last_mailed_at": "2026-11-21T09:00:02Z", "next_mail_at": "2026-11-28T09:00:02Z", "came_at": null, "refused_at": null, "refusal": null}], "total": 1}
        """;

    public static void MapInvitations(this RouteGroupBuilder portal)
    {
        var group = portal.MapGroup("/api/portal/invitations");
        group.MapPost("/", InviteAsync)
            .Describe(
                "invite_customers", "Invite customers",
                "Customers of the home organization with an address and no account: those who are named, or everybody who was not invited before. Each gets one mail and a few reminders, none of which holds a secret.")
            .TakesExample("""{"customers": ["CUST-A1B2C3D4"]}""")
            .Answers<InvitedAnswer>(202, "They will be mailed.", InvitedExample)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        group.MapGet("/", ListAsync)
            .Describe(
                "list_invitations", "List invitations",
                "Oldest first, by state: queued, invited, never_came, came, withdrawn or declined; all of them unless it is given.")
            .Answers<InvitationsAnswer>(200, "A page of them.", ListExample)
            .Fails(401, 403, 404, 422, 503);
    }

    private static async Task<IResult> InviteAsync(
        InvitationsRequest request, InviteCustomers invite, HttpContext http, CancellationToken cancellationToken) =>
        (await invite.HandleAsync(http.Caller(), request.Customers, limit: null, dryRun: false, cancellationToken))
            .ToResult(result => TypedResults.Accepted((string?)null, InvitedAnswer.From(result)));

    private static async Task<IResult> ListAsync(
        ListInvitations list, HttpContext http, CancellationToken cancellationToken, string? state = null, int page = 1,
        [FromQuery(Name = "page_size")] int pageSize = 100)
    {
        ActivationInvitationState? filter = state is not null && EnumNames<ActivationInvitationState>.TryRead(state, out var read)
            ? read
            : null;
        var refusal = Page.Refusal(page, pageSize, MaxPageSize)
            ?? (state is not null && filter is null ? Error.Invalid("state", EnumNames<ActivationInvitationState>.Rule) : null);
        return refusal is not null
            ? Answers.Problem(refusal)
            : (await list.HandleAsync(http.Caller(), filter, page, pageSize, cancellationToken))
                .ToOk(found => new InvitationsAnswer(true, [.. found.Rows.Select(InvitationAnswer.From)], found.Total));
    }
}
