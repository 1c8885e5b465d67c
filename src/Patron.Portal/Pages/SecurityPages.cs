using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Portal.Http;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The account, its sessions, and the name and state of an invalid form.</summary>
public sealed record SecurityModel(User Account, IReadOnlyList<Session> Sessions, Guid? Current)
{
    public string? Refused { get; init; }

    public FormState Form { get; init; } = FormState.Empty;

    /// <summary>Returns the state of this form of the page.</summary>
    public FormState FormOf(string name) => name == Refused ? Form : FormState.Empty;
}

/// <summary>Reads the model of the security page.</summary>
internal sealed class ReadSecurityPage(FindAccount account, ListSessions sessions)
{
    public async Task<SecurityModel> HandleAsync(Caller caller, CancellationToken cancellationToken) => new(
        (await account.HandleAsync(caller, cancellationToken)).User, await sessions.HandleAsync(caller,
            cancellationToken), caller.SessionId);
}

/// <summary>Changes password and e-mail address, and ends sessions.</summary>
internal static class SecurityPages
{
    private const string Path = "/security";

    public static void MapSecurity(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, async (ReadSecurityPage read, HttpContext http, CancellationToken cancellationToken) =>
            PageResults.Page<SecurityPage, SecurityModel>(await read.HandleAsync(http.Caller(), cancellationToken)));
        pages.MapPost(Path + "/password", ChangePasswordAsync).GuardSignIn();
        pages.MapPost(Path + "/email", ChangeEmailAsync).GuardSignIn();
        pages.MapPost(Path + "/sessions/{id:guid}/end", EndOneAsync);
        pages.MapPost(Path + "/sessions/end-others", EndOthersAsync);
    }

    private static async Task<IResult> ChangePasswordAsync(
        FormInput input, ChangePassword change, ReadSecurityPage read, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.ValidatePassword("current_password") is { } refusal
            ? refusal
            : await change.HandleAsync(http.Caller(), input["current_password"], input["password"], cancellationToken);
        return result.Error is { } error
            ? await RefuseAsync("password", FormState.Refused(input, error, "current_password"), error, read, http, cancellationToken)
            : PageResults.Redirect(http, Path, "password_changed");
    }

    private static async Task<IResult> ChangeEmailAsync(
        FormInput input, UpdateAccount update, ReadSecurityPage read, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.ValidateRequired("email", "current_password") is { } missing
            ? missing
            : await update.HandleAsync(
                http.Caller(), new AccountChange(names => names, input["email"], input["current_password"]), cancellationToken);
        if (!result.Succeeded(out var account, out var error))
        {
            var field = error == ChangePassword.CurrentIsWrong ? "current_password" : "email";
            return await RefuseAsync("email", FormState.Refused(input, error, field), error, read, http, cancellationToken);
        }

        return PageResults.Redirect(http, Path, account.User.PendingEmail is null ? "saved" : "email_pending");
    }

    private static async Task<IResult> EndOneAsync(Guid id, EndSessions sessions, HttpContext http, CancellationToken cancellationToken) =>
        (await sessions.EndOneAsync(http.Caller(), id, cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "session_ended"));

    private static async Task<IResult> EndOthersAsync(EndSessions sessions, HttpContext http, CancellationToken cancellationToken) =>
        (await sessions.EndOthersAsync(http.Caller(), cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "sessions_ended"));

    private static async Task<IResult> RefuseAsync(
        string form, FormState state, Error error, ReadSecurityPage read, HttpContext http, CancellationToken cancellationToken) =>
        PageResults.Refused<SecurityPage, SecurityModel>(
            await read.HandleAsync(http.Caller(), cancellationToken) with { Refused = form, Form = state }, error);
}
