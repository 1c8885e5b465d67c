using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Activation;
using Patron.Linking.Activation;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Invitations;

/// <summary>A page of invitations in one state, or in all.</summary>
/// <param name="Uninvited">How many customers a round would invite.</param>
public sealed record InvitationsModel(
    IReadOnlyList<InvitationView> Invitations, int Total, int Page, ActivationInvitationState? State, int Uninvited);

/// <summary>Shows invitations to set up an account, and sends rounds of them, for staff of the home organization.</summary>
internal static class InvitationPages
{
    public const string Path = "/invitations";
    public const int PageSize = 50;

    public static void MapInvitations(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        pages.MapPost(Path, InviteAsync).AddEndpointFilter<RequireRecentProof>();
    }

    private static async Task<IResult> ListAsync(
        ListInvitations list, InviteCustomers invite, HttpContext http, CancellationToken cancellationToken, string? state = null,
        int page = 1)
    {
        ActivationInvitationState? only = EnumNames<ActivationInvitationState>.TryRead(state ?? "", out var named) ? named : null;
        page = Math.Clamp(page, 1, 100_000);
        var found = await list.HandleAsync(http.Caller(), only, page, PageSize, cancellationToken);
        if (!found.Succeeded(out var rows, out var refused))
        {
            return Answers.Problem(refused);
        }

        var round = await invite.HandleAsync(http.Caller(), names: null, limit: null, dryRun: true, cancellationToken);
        return round.ToResult(counted => PageResults.Page<InvitationsPage, InvitationsModel>(
            new InvitationsModel(rows.Rows, rows.Total, page, only, counted.Invited)));
    }

    private static async Task<IResult> InviteAsync(
        FormInput input, InviteCustomers invite, HttpContext http, CancellationToken cancellationToken)
    {
        var limit = int.TryParse(input["limit"], out var number) && number > 0 ? number : (int?)null;
        if (limit is null)
        {
            return PageResults.Refused(http, input, Error.Invalid("limit", "Must be a number from 1."));
        }

        var result = await invite.HandleAsync(http.Caller(), names: null, limit, dryRun: false, cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error, "limit")
            : PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path, "invited");
    }
}
