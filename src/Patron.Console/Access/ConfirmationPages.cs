using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Access;

/// <summary>
/// Where to go after the confirmation, and how the person can confirm who they are: by their password, or by a code that was sent.
/// </summary>
public sealed record ConfirmationModel(string ReturnAddress, string Email, bool HasPassword, bool IsByCode);

/// <summary>
/// The page on which a person confirms who they are: by the password, or by a mailed code. A form that was posted is kept: it is filled
/// again afterwards, but not sent.
/// </summary>
internal static class ConfirmationPages
{
    public const string Path = "/confirm";
    private const string ByCode = "code";

    public static void MapConfirmation(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ShowAsync);
        pages.MapPost(Path, ConfirmAsync).GuardSignIn();
        pages.MapPost(Path + "/code", SendCodeAsync).GuardSignUp();
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

        return PageResults.Redirect(http, AddressOf(http, page, isByCode: false), reason);
    }

    /// <summary>The address of the page that leads to this one afterwards.</summary>
    public static string AddressOf(HttpContext http, string returnAddress, bool isByCode) =>
        $"{ConsoleVisit.Of(http).Path}{Path}?{(isByCode ? $"by={ByCode}&" : "")}return_url={Uri.EscapeDataString(returnAddress)}";

    private static async Task<IResult> ShowAsync(
        string? return_url, string? by, FindAccountState find, HttpContext http, CancellationToken cancellationToken) =>
        http.Caller().UserId is { } userId && await find.HandleAsync(userId, cancellationToken) is { } account
            ? PageResults.Page<ConfirmationPage, ConfirmationModel>(
                new ConfirmationModel(Sanitize(http, return_url), account.Email, account.HasPassword, by == ByCode))
            : PageResults.Redirect(http, ReturnAddress.Home);

    private static async Task<IResult> SendCodeAsync(
        string? return_url, FormInput input, SendReauthenticationCode send, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await send.HandleAsync(http.Caller(), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, AddressOf(http, Sanitize(http, return_url), isByCode: true));
    }

    private static async Task<IResult> ConfirmAsync(
        FormInput input, Reauthenticate reauthenticate, HttpContext http, CancellationToken cancellationToken)
    {
        var field = input.Has(ByCode) ? ByCode : "password";
        var result = (field, input.ValidateRequired(field)) switch
        {
            (_, { } missing) => missing,
            (ByCode, _) => await reauthenticate.WithCodeAsync(http.Caller(), input[ByCode], cancellationToken),
            _ => await reauthenticate.HandleAsync(http.Caller(), input["password"], cancellationToken),
        };
        return result.Error is { } error
            ? PageResults.Refused(http, input, error, field)
            : PageResults.Redirect(http, Sanitize(http, input["return_url"]));
    }

    private static string Sanitize(HttpContext http, string? address)
    {
        var start = ConsoleVisit.Of(http).Path;
        return ReturnAddress.Sanitize(address) is var safe && safe.StartsWith(start, StringComparison.Ordinal) ? safe : start;
    }
}
