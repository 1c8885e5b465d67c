using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Access;

/// <summary>Where to go after the confirmation.</summary>
public sealed record ConfirmationModel(string ReturnAddress);

/// <summary>
/// The page that asks for the password again. A form that was posted is kept: it is filled again afterwards, but not sent.
/// </summary>
internal static class ConfirmationPages
{
    private const string Path = "/confirm";

    public static void MapConfirmation(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, (string? return_url, HttpContext http) =>
            PageResults.Page<ConfirmationPage, ConfirmationModel>(new ConfirmationModel(Sanitize(http, return_url))));
        pages.MapPost(Path, ConfirmAsync).GuardSignIn();
    }

    /// <summary>Leads to the page, which says why it asks, and back.</summary>
    public static async Task<IResult> AskAsync(HttpContext http, string reason)
    {
        var page = http.Request.Path + http.Request.QueryString.ToString();
        if (http.Request.HasFormContentType)
        {
            var input = new FormInput(await Forms.ReadAsync(http));
            KeptForm.Keep(http, input, http.Caller().UserId);
            page = KeptForm.PageOf(http.Request, input);
        }

        return PageResults.Redirect(http, $"{ConsoleVisit.Of(http).Path}{Path}?return_url={Uri.EscapeDataString(page)}", reason);
    }

    private static async Task<IResult> ConfirmAsync(
        FormInput input, Reauthenticate reauthenticate, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.ValidateRequired("password") is { } missing
            ? missing
            : await reauthenticate.HandleAsync(http.Caller(), input["password"], cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error, "password")
            : PageResults.Redirect(http, Sanitize(http, input["return_url"]));
    }

    private static string Sanitize(HttpContext http, string? address)
    {
        var start = ConsoleVisit.Of(http).Path;
        return ReturnAddress.Sanitize(address) is var safe && safe.StartsWith(start, StringComparison.Ordinal) ? safe : start;
    }
}
