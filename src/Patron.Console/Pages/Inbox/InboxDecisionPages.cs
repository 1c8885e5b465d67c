using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Organizations;
using Patron.Customers.Duplicates;
using Patron.Customers.Erp;
using Patron.Customers.Jobs;
using Patron.Customers.Links;
using Patron.Erp.Partners;
using Patron.Linking.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Outbox;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Inbox;

/// <summary>
/// The decisions about items of each kind. A form names what it decides about, because one item can have several, and the use cases check
/// whose it is. Another decision than those of the page is the 422 of its field.
/// </summary>
internal static class InboxDecisionPages
{
    private static readonly Error NoDecision = Error.Required("decision");

    public static void MapDecisions(this RouteGroupBuilder item)
    {
        item.MapPost("/partner", (FormInput input, SettlePartner settle, [AsParameters] InboxRequest item) =>
            EnumNames<Settlement>.TryRead(input["decision"], out var settlement)
                ? item.DecideAsync(
                    input, settle.HandleAsync(item.Caller, input["partner"], settlement, item.CancellationToken), "inbox_decided")
                : Task.FromResult(PageResults.Refused(item.Http, input, NoDecision)));
        item.MapPost("/request", (FormInput input, AnswerChangeRequest answer, [AsParameters] InboxRequest item) =>
            item.DecideAsync(
                input, answer.HandleAsync(item.Caller, input.Id(), input["decision"] == "done", item.CancellationToken),
                "inbox_decided"));
        item.MapPost("/offer", (FormInput input, ExtendOffer offers, [AsParameters] InboxRequest item) => item.DecideAsync(
            input,
            input["decision"] == "extend"
                ? offers.HandleAsync(item.Caller, input.Id(), item.CancellationToken)
                : offers.WithdrawAsync(item.Caller, input.Id(), item.CancellationToken),
            "inbox_decided"));
        item.MapPost("/message", (FormInput input, GivenUpMessages messages, [AsParameters] InboxRequest item) => item.DecideAsync(
            input,
            input["decision"] == "retry"
                ? messages.RetryAsync(item.Caller, input.Id(), item.CancellationToken)
                : messages.DropAsync(item.Caller, input.Id(), item.CancellationToken),
            "inbox_decided"));
        item.MapPost("/pair", (FormInput input, DismissDuplicate dismiss, [AsParameters] InboxRequest item) => item.DecideAsync(
            input, dismiss.HandleAsync(item.Caller, input.Id(), isDismissed: true, item.CancellationToken), "inbox_not_duplicate"));
        item.MapPost("/undo", (FormInput input, UndoJob undo, [AsParameters] InboxRequest item) =>
            item.DecideAsync(input, undo.HandleAsync(item.Caller, input.Id(), item.CancellationToken), "job_undoing"))
            .AddEndpointFilter<RequireRecentProof>();
        MapInvitations(item);
    }

    private static void MapInvitations(RouteGroupBuilder item)
    {
        item.MapPost("/invite", (FormInput input, InviteCustomers invite, [AsParameters] InboxRequest item) => item.DecideAsync(
            input, invite.HandleAsync(item.Caller, [input["customer"]], limit: null, dryRun: false, item.CancellationToken), "invited"));
        item.MapPost("/withdraw", (FormInput input, WithdrawActivationInvitation withdraw, [AsParameters] InboxRequest item) =>
            item.DecideAsync(input, withdraw.HandleAsync(item.Caller, input.Id(), item.CancellationToken), "inbox_withdrawn"));
        item.MapPost("/invite-member", (FormInput input, InviteMember invite, [AsParameters] InboxRequest item) =>
            EnumNames<OrganizationRole>.TryRead(input["role"], out var role)
                ? item.DecideAsync(input, invite.HandleAsync(item.Caller, input["email"], role, item.CancellationToken), "member_invited")
                : Task.FromResult(PageResults.Refused(item.Http, input, NoDecision)));
        item.MapPost("/withdraw-member", (FormInput input, WithdrawMemberInvitation withdraw, [AsParameters] InboxRequest item) =>
            item.DecideAsync(
                input, withdraw.HandleAsync(item.Caller, Guid.TryParse(input["id"], out var id) ? id : Guid.Empty, item.CancellationToken),
                "inbox_withdrawn"));
    }

    // No row has the id 0.
    private static long Id(this FormInput input) => long.TryParse(input["id"], CultureInfo.InvariantCulture, out var id) ? id : 0;
}
