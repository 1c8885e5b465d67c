using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Activation;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>The model of the page that ends invitations; <c>IsDone</c> after it did.</summary>
public sealed record UnsubscribeModel(FormState Form, string Token, bool IsDone);

/// <summary>
/// Ends the reminders of an invitation. GET only shows a button, because mail scanners open links. POST needs no form token: the link's
/// own token is the authorization, and mail programs post to it without the page (RFC 8058).
/// </summary>
internal static class UnsubscribePages
{
    public static void MapUnsubscribe(this RouteGroupBuilder pages)
    {
        pages.MapGet("/unsubscribe", (string? token) =>
            PageResults.Page<UnsubscribePage, UnsubscribeModel>(new UnsubscribeModel(FormState.Empty, token ?? "", IsDone: false)));
        pages.MapPost("/unsubscribe", DeclineAsync);
    }

    private static async Task<IResult> DeclineAsync(
        string? token, FormInput input, DeclineInvitation decline, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await decline.HandleAsync(http.Caller(), token, cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused<UnsubscribePage, UnsubscribeModel>(
                new UnsubscribeModel(FormState.Refused(input, error), token ?? "", IsDone: false), error)
            : PageResults.Page<UnsubscribePage, UnsubscribeModel>(new UnsubscribeModel(FormState.Empty, token ?? "", IsDone: true));
    }
}
