using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.ApiKeys;
using Patron.Shared.Callers;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Keys;

/// <summary>The API keys of the organization that are valid.</summary>
public sealed record KeysModel(IReadOnlyList<ApiKey> Keys);

/// <summary>Shows, creates and ends the API keys of the organization, for its owners.</summary>
internal static class KeyPages
{
    public const string Path = "/keys";

    public static void MapKeys(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        pages.MapPost(Path, CreateAsync).AddEndpointFilter<RequireRecentProof>();
        pages.MapPost(Path + "/{id:guid}/end", EndAsync).AddEndpointFilter<RequireRecentProof>();
    }

    private static async Task<IResult> ListAsync(ListApiKeys list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), cancellationToken)).ToResult(keys =>
            PageResults.Page<KeysPage, KeysModel>(new KeysModel(keys)));

    // The secret is shown once, by this answer: it is not stored anywhere that a redirect could take it from.
    private static async Task<IResult> CreateAsync(
        FormInput input, CreateApiKey create, HttpContext http, CancellationToken cancellationToken)
    {
        List<string> scopes = [.. Scopes.All.Where(scope => input.IsOn("scope_" + scope))];
        var days = int.TryParse(input["expires_in_days"], CultureInfo.InvariantCulture, out var number) ? number : 0;
        var result = await create.HandleAsync(http.Caller(), input["name"], scopes, days, cancellationToken);
        return result.Succeeded(out var created, out var error)
            ? PageResults.Page<CreatedKeyPage, CreatedApiKey>(created)
            : PageResults.Refused(http, input, error);
    }

    private static async Task<IResult> EndAsync(Guid id, RevokeApiKey revoke, HttpContext http, CancellationToken cancellationToken) =>
        (await revoke.HandleAsync(http.Caller(), id, cancellationToken)).ToResult(_ =>
            PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path, "key_ended"));
}
