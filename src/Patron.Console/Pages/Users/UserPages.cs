using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Shared.Results;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Users;

/// <summary>A page of accounts with this text in their name or email address.</summary>
public sealed record UsersModel(UserPage Users, string? Search, int Page);

/// <summary>Finds accounts, disables and enables them, ends their sessions and starts password resets, for administrators.</summary>
internal static class UserPages
{
    public const string Path = "/users";
    public const int PageSize = 50;

    public static void MapUsers(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        var one = pages.MapGroup(Path + "/{id:guid}");
        one.MapGet("", ShowAsync);
        one.MapPost("/disable", (
            Guid id, FormInput input, ManageAccount manage, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, input, "user_disabled", manage.SetEnabledAsync(http.Caller(), id, isEnabled: false, cancellationToken)))
            .AddEndpointFilter<RequireRecentProof>();
        one.MapPost("/enable", (
            Guid id, FormInput input, ManageAccount manage, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, input, "user_enabled", manage.SetEnabledAsync(http.Caller(), id, isEnabled: true, cancellationToken)))
            .AddEndpointFilter<RequireRecentProof>();
        one.MapPost("/end-sessions", (
            Guid id, FormInput input, ManageAccount manage, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, input, "user_sessions_ended", manage.EndSessionsAsync(http.Caller(), id, cancellationToken)));
        one.MapPost("/reset-password", (
            Guid id, FormInput input, ManageAccount manage, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, input, "user_reset_sent", manage.ResetPasswordAsync(http.Caller(), id, cancellationToken)));
    }

    private static async Task<IResult> ListAsync(
        ListUsers list, HttpContext http, CancellationToken cancellationToken, string? search = null, int page = 1)
    {
        page = Math.Clamp(page, 1, 100_000);
        var found = await list.HandleAsync(http.Caller(), search, (page - 1) * PageSize, PageSize, cancellationToken);
        return found.ToResult(users => PageResults.Page<UsersPage, UsersModel>(new UsersModel(users, search, page)));
    }

    private static async Task<IResult> ShowAsync(Guid id, ManageAccount manage, HttpContext http, CancellationToken cancellationToken) =>
        (await manage.FindAsync(http.Caller(), id, cancellationToken)).ToResult(PageResults.Page<UserAccountPage, ManagedAccount>);

    // The buttons are also on the page of a customer.
    private static async Task<IResult> AnswerAsync<T>(HttpContext http, FormInput input, string notice, Task<Result<T>> work) =>
        (await work).ToResult(_ => PageResults.Redirect(http, KeptForm.PageOf(http.Request, input), notice));
}
