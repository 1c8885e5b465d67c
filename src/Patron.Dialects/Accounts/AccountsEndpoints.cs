using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>
/// Maps the accounts dialect (source 3, auth service): registration, sign-in, the caller's own account, API keys and members.
/// </summary>
public static class AccountsEndpoints
{
    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, AccountsJson.Default);

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/api/auth").WithTags("Accounts").ServedBy(ProcessRole.All, ProcessRole.Accounts);
        auth.MapRegistration();
        auth.MapSignIn();
        auth.MapPasswords();

        var own = auth.MapGroup("").RequireAuthorization(CallerAuthentication.People);
        own.MapProfile();
        own.MapSessions();

        auth.MapGroup("/keys").MapApiKeys();
        auth.MapGroup("/accounts").MapLookUps();
        app.MapGroup("/api/organizations").WithTags("Organizations").ServedBy(ProcessRole.All, ProcessRole.Accounts).MapMembers();
    }
}
