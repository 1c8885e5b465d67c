using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Linking.Activation;
using Patron.Linking.Staff;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>
/// What staff do about a customer's account from the customer's page: sessions, invitation, links by mail, offers and requested changes.
/// </summary>
internal static class CustomerAccountPages
{
    private const string Account = "account";

    public static void MapCustomerAccount(this RouteGroupBuilder pages)
    {
        var customer = pages.MapGroup(CustomerRecordPages.Path + "/{id}");
        customer.MapPost("/end-sessions", EndSessionsAsync);
        customer.MapPost("/invite", InviteAsync);
        customer.MapPost("/withdraw-invitation", (
            string id, FormInput input, WithdrawActivationInvitation withdraw, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(
                http, id, Account, "invitation_withdrawn", withdraw.HandleAsync(http.Caller(), NumberOf(input), cancellationToken)));
        customer.MapPost("/send-link", (
            string id, SendCustomerLink send, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, id, Account, "link_sent", send.HandleAsync(http.Caller(), id, cancellationToken)));
        customer.MapPost("/requests/{request:long}", (
            string id, long request, FormInput input, AnswerChangeRequest answer, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(
                http, id, "", "inbox_decided",
                answer.HandleAsync(http.Caller(), request, input["decision"] == "done", cancellationToken)));
        customer.MapPost("/offers/{offer:long}/withdraw", (
            string id, long offer, ExtendOffer offers, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, id, "offers", "offer_withdrawn", offers.WithdrawAsync(http.Caller(), offer, cancellationToken)));
    }

    private static Task<IResult> EndSessionsAsync(
        string id, FormInput input, EndCustomerSessions end, HttpContext http, CancellationToken cancellationToken)
    {
        Guid? session = Guid.TryParse(input["session"], out var one) ? one : null;
        return AnswerAsync(
            http, id, Account, session is null ? "sessions_ended_for" : "session_ended_for",
            end.HandleAsync(http.Caller(), id, session, cancellationToken));
    }

    private static async Task<IResult> InviteAsync(
        string id, InviteCustomers invite, HttpContext http, CancellationToken cancellationToken) =>
        (await invite.HandleAsync(http.Caller(), [id], limit: null, dryRun: false, cancellationToken)).ToResult(done =>
            PageResults.Redirect(http, AddressOf(http, id, Account), done.Invited == 1 ? "customer_invited" : "customer_not_invited"));

    private static async Task<IResult> AnswerAsync<T>(HttpContext http, string id, string card, string notice, Task<Result<T>> work) =>
        (await work).ToResult(_ => PageResults.Redirect(http, AddressOf(http, id, card), notice));

    private static string AddressOf(HttpContext http, string id, string card) =>
        CustomerRecordPages.AddressOf(http, id) + (card.Length == 0 ? "" : $"#{card}");

    private static long NumberOf(FormInput input) => long.TryParse(input["id"], CultureInfo.InvariantCulture, out var id) ? id : 0;
}
