using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Organizations;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Members;

/// <summary>A page of members with the open invitations.</summary>
public sealed record MembersModel(MemberPage Members, int Page, bool MayChange);

/// <summary>A member to be changed or removed, and the owners who could take over their API keys.</summary>
public sealed record MemberModel(MemberView Member, IReadOnlyList<MemberView> OtherOwners);

/// <summary>Shows the members of the organization; its owners invite, change and remove them.</summary>
internal static class MemberPages
{
    public const string Path = "/members";
    public const int PageSize = 50;

    private static readonly Error NoMember = Error.NotFound("member_not_found", "The organization has no such member.");

    public static void MapMembers(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        pages.MapPost(Path + "/invite", InviteAsync).AddEndpointFilter<RequireRecentProof>();
        pages.MapGet(Path + "/{user:guid}", ShowAsync);
        pages.MapPost(Path + "/{user:guid}/role", ChangeRoleAsync).AddEndpointFilter<RequireRecentProof>();
        pages.MapPost(Path + "/{user:guid}/remove", RemoveAsync).AddEndpointFilter<RequireRecentProof>();
    }

    private static async Task<IResult> ListAsync(ListMembers list, HttpContext http, CancellationToken cancellationToken, int page = 1)
    {
        var caller = http.Caller();
        var found = await list.HandleAsync(caller, role: null, Math.Clamp(page, 1, ListMembers.MaxPageSize), PageSize, cancellationToken);
        return found.ToResult(members => PageResults.Page<MembersPage, MembersModel>(
            new MembersModel(members, page, caller.IsVendorOf(caller.OrganizationId))));
    }

    private static async Task<IResult> InviteAsync(
        FormInput input, InviteMember invite, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await invite.HandleAsync(http.Caller(), input["email"], RoleOf(input), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error, "email")
            : PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path, "member_invited");
    }

    private static async Task<IResult> ShowAsync(Guid user, ListMembers list, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await list.HandleAsync(http.Caller(), role: null, page: 1, ListMembers.MaxPageSize, cancellationToken);
        return found.ToResult(all => all.Members.FirstOrDefault(member => member.UserId == user) is { } member
            ? PageResults.Page<MemberFormPage, MemberModel>(new MemberModel(
                member, [.. all.Members.Where(other => other.Role == OrganizationRole.Vendor && other.UserId != user)]))
            : Answers.Problem(NoMember));
    }

    private static async Task<IResult> ChangeRoleAsync(
        Guid user, FormInput input, ChangeMemberRole change, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await change.HandleAsync(http.Caller(), user, RoleOf(input), KeysTo(input), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path, "member_changed");
    }

    private static async Task<IResult> RemoveAsync(
        Guid user, FormInput input, RemoveMember remove, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await remove.HandleAsync(http.Caller(), user, KeysTo(input), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path, "member_removed");
    }

    // What the page does not offer is the least.
    private static OrganizationRole RoleOf(FormInput input) =>
        EnumNames<OrganizationRole>.TryRead(input["role"], out var role) ? role : OrganizationRole.Customer;

    private static Guid? KeysTo(FormInput input) => Guid.TryParse(input["keys_to"], out var owner) ? owner : null;
}
