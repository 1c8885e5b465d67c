using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Organizations;
using Patron.Dialects.OpenApi;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>The members of an organization. Staff can list them; owners can invite and remove them.</summary>
internal static class MemberEndpoints
{
    private static readonly Error NoRole = Error.Invalid("role", "Must be one of: vendor, employee, customer.");

    // Names only, in any case: Enum.TryParse also accepts numbers and lists, and the framework's binding accepts no lower case.
    private static readonly FrozenDictionary<string, OrganizationRole> Roles =
        Enum.GetValues<OrganizationRole>().ToFrozenDictionary(role => role.ToString(), StringComparer.OrdinalIgnoreCase);

    public static void MapMembers(this RouteGroupBuilder organizations)
    {
        organizations.RequireAuthorization(CallerAuthentication.People);
        organizations.MapGet("/{id}/members/", ListAsync)
            .Describe(
                "list_members", "List members",
                "And everybody who is invited and has not answered. The id is the organization's number or UUID.")
            .Answers<MembersAnswer>(200, "A page of members.", AccountExamples.Members)
            .Fails(401, 403, 404, 422, 503);
        organizations.MapPost("/{id}/members/", InviteAsync)
            .Describe(
                "invite_member", "Invite a member", "By mail; they join when they accept. Known and unknown addresses are answered alike.")
            .TakesExample(AccountExamples.Invite)
            .Answers<MessageAnswer>(202, "Invitation sent.", AccountExamples.Message)
            .Fails(400, 401, 403, 404, 413, 415, 422, 429, 503);
        organizations.MapDelete("/{id}/members/{user:guid}/", RemoveAsync)
            .Describe(
                "remove_member", "Remove a member",
                "An owner removes a member, or a member leaves. Open invitations to and from the person and offers to them end too, and so do the API keys they made, unless keys_to is the user id of another owner who takes them over.")
            .AnswersNothing(204, "The membership has ended.")
            .Fails(400, 401, 403, 404, 422, 503);
        organizations.MapPost("/invitations/accept/", AcceptAsync)
            .Describe(
                "accept_invitation", "Accept an invitation",
                "Takes the token from the mail; the caller's account must have the invited address.")
            .TakesExample(AccountExamples.Token)
            .Answers<MembershipAnswer>(200, "What the caller is a member of now.", AccountExamples.Membership)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
    }

    private static async Task<IResult> ListAsync(
        string id, ListMembers list, CallerLookup lookup, HttpContext http, CancellationToken cancellationToken, string? role = null,
        int page = 1, [FromQuery(Name = "page_size")] int pageSize = 100)
    {
        OrganizationRole? only = role is not null && Roles.TryGetValue(role, out var named) ? named : null;
        if (role is not null && only is null)
        {
            return Answers.Problem(NoRole);
        }

        if (Page.Refusal(page, pageSize, ListMembers.MaxPageSize) is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        return await lookup.RunInOrganizationAsync(
            http, id, async caller => (await list.HandleAsync(caller, only, page, pageSize, cancellationToken)).ToOk(MembersAnswer.From));
    }

    private static async Task<IResult> InviteAsync(
        string id, InvitationRequest request, InviteMember invite, CallerLookup lookup, HttpContext http,
        CancellationToken cancellationToken) =>
        Roles.TryGetValue(request.Role ?? "", out var role)
            ? await lookup.RunInOrganizationAsync(
                http, id, async caller => (await invite.HandleAsync(caller, request.Email, role, cancellationToken)).ToResult(
                _ => TypedResults.Accepted((string?)null, new MessageAnswer("Invitation sent."))))
            : Answers.Problem(NoRole);

    private static Task<IResult> RemoveAsync(
        string id, Guid user, RemoveMember remove, CallerLookup lookup, HttpContext http, CancellationToken cancellationToken,
        [FromQuery(Name = "keys_to")] Guid? keysTo = null) =>
        lookup.RunInOrganizationAsync(
            http, id, async caller => (await remove.HandleAsync(caller, user, keysTo, cancellationToken)).ToNoContent());

    private static async Task<IResult> AcceptAsync(
        TokenRequest request, AcceptInvitation accept, HttpContext http, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(request.Token)
            ? Answers.Problem(Error.Required("token"))
            : (await accept.HandleAsync(http.Caller(), request.Token, cancellationToken))
                .ToOk(member => new MembershipAnswer(member.OrganizationId, member.Role, member.Since));
}
