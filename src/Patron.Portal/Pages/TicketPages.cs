using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Erp.Dashboards;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>A ticket, and the state of the form that answers it.</summary>
public sealed record TicketModel(ErpTicketDetails Details, FormState Form);

/// <summary>The form that opens a ticket; without the right to open one there is the contact block only.</summary>
public sealed record NewTicketModel(bool MayOpen, FormState Form);

/// <summary>Maps the pages that show, open and answer tickets. A ticket that is not the caller's own is 404.</summary>
internal static class TicketPages
{
    private const string Path = "/tickets";

    public static void MapTickets(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path + "/new", async (WriteTicket write, HttpContext http, CancellationToken cancellationToken) =>
            PageResults.Page<NewTicketPage, NewTicketModel>(
                new NewTicketModel(await write.MayOpenAsync(http.Caller(), cancellationToken), FormState.Empty)));
        pages.MapPost(Path + "/new", OpenAsync);
        pages.MapGet(Path + "/{id}", ShowAsync);
        pages.MapPost(Path + "/{id}", AnswerAsync);
    }

    private static async Task<IResult> ShowAsync(string id, ReadDocument read, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await read.FindTicketAsync(http.Caller(), id, cancellationToken);
        return found.Succeeded(out var ticket, out var error)
            ? PageResults.Page<TicketPage, TicketModel>(new TicketModel(ticket, FormState.Empty))
            : Answers.Problem(error.AsUnavailable());
    }

    private static async Task<IResult> OpenAsync(
        FormInput input, WriteTicket write, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await write.OpenAsync(http.Caller(), input["subject"], input["message"], FormKey(input), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused<NewTicketPage, NewTicketModel>(
                new NewTicketModel(MayOpen: true, FormState.Refused(input, error.AsUnavailable())), error.AsUnavailable())
            : PageResults.Redirect(http, Path, "ticket_opened");
    }

    // A ticket that cannot be read again has nothing to show the text beside; the browser still has it.
    private static async Task<IResult> AnswerAsync(
        FormInput input, string id, WriteTicket write, ReadDocument read, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await write.AnswerAsync(http.Caller(), id, input["message"], FormKey(input), cancellationToken);
        if (result.Error is not { } error)
        {
            return PageResults.Redirect(http, $"{Path}/{Uri.EscapeDataString(id)}", "message_sent");
        }

        var found = await read.FindTicketAsync(http.Caller(), id, cancellationToken);
        return found.Succeeded(out var ticket, out var missing)
            ? PageResults.Refused<TicketPage, TicketModel>(
                new TicketModel(ticket, FormState.Refused(input, error.AsUnavailable())), error.AsUnavailable())
            : Answers.Problem(missing.AsUnavailable());
    }

    private static Guid FormKey(FormInput input) => Guid.TryParse(input["form_key"], out var key) ? key : Guid.NewGuid();
}
