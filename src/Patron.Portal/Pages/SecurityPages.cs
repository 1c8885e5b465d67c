using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Portal.Http;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>The account and its sessions.</summary>
public sealed record SecurityModel(User Account, IReadOnlyList<Session> Sessions, Guid? Current);

/// <summary>Reads the model of the security page.</summary>
internal sealed class ReadSecurityPage(FindAccount account, ListSessions sessions)
{
    public async Task<SecurityModel> HandleAsync(Caller caller, CancellationToken cancellationToken) => new(
        (await account.HandleAsync(caller, cancellationToken)).User, await sessions.HandleAsync(caller,
            cancellationToken), caller.SessionId);
}

/// <summary>Changes password and email address, and ends sessions.</summary>
internal static class SecurityPages
{
    private const string Path = "/security";
    private static readonly Error SameEmail = Error.Invalid("email", "This is already your email address.");

    public static void MapSecurity(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, async (ReadSecurityPage read, HttpContext http, CancellationToken cancellationToken) =>
            PageResults.Page<SecurityPage, SecurityModel>(await read.HandleAsync(http.Caller(), cancellationToken)));
        pages.MapPost(Path + "/password", ChangePasswordAsync).GuardSignIn();
        pages.MapPost(Path + "/email", ChangeEmailAsync).GuardSignIn();
        pages.MapPost(Path + "/email/cancel", CancelEmailChangeAsync);
        pages.MapPost(Path + "/sessions/{id:guid}/end", EndOneAsync);
        pages.MapPost(Path + "/sessions/end-others", EndOthersAsync);
    }

    private static async Task<IResult> ChangePasswordAsync(
        FormInput input, ChangePassword change, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await change.HandleAsync(http.Caller(), input["current_password"], input.ReadNewPassword(), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error, "current_password")
            : PageResults.Redirect(http, Path, "password_changed");
    }

    private static async Task<IResult> ChangeEmailAsync(
        FormInput input, UpdateAccount update, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.ValidateRequired("email", "current_password") is { } missing
            ? missing
            : await update.HandleAsync(
                http.Caller(), new AccountChange(names => names, input["email"], input["current_password"]), cancellationToken);
        if (!result.Succeeded(out var account, out var error))
        {
            return PageResults.Refused(http, input, error, error == ChangePassword.CurrentIsWrong ? "current_password" : "email");
        }

        // The use case accepts it, because programs send the whole account back.
        return account.User.NormalizedEmail == EmailAddress.KeyOf(input["email"])
            ? PageResults.Refused(http, input, SameEmail)
            : PageResults.Redirect(http, Path, "email_pending");
    }

    private static async Task<IResult> CancelEmailChangeAsync(
        CancelEmailChange cancel, HttpContext http, CancellationToken cancellationToken) =>
        (await cancel.HandleAsync(http.Caller(), cancellationToken)).ToResult(
            _ => PageResults.Redirect(http, Path, "email_change_cancelled"));

    private static async Task<IResult> EndOneAsync(Guid id, EndSessions sessions, HttpContext http, CancellationToken cancellationToken) =>
        (await sessions.EndOneAsync(http.Caller(), id, cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "session_ended"));

    private static async Task<IResult> EndOthersAsync(EndSessions sessions, HttpContext http, CancellationToken cancellationToken) =>
        (await sessions.EndOthersAsync(http.Caller(), cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "sessions_ended"));
}
