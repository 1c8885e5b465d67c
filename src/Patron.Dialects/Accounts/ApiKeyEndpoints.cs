using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.ApiKeys;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>The API keys of the acting organization, for its owners.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this RouteGroupBuilder keys)
    {
        keys.WithTags("API keys").RequireAuthorization(CallerAuthentication.People);
        keys.MapGet("/", ListAsync)
            .Describe("list_api_keys", "List API keys", "Without their secrets; newest first.")
            .Answers<IEnumerable<KeyAnswer>>(200, "The keys that still work.", AccountExamples.Keys)
            .Fails(401, 403, 404, 503);
        keys.MapPost("/", CreateAsync)
            .Describe(
                "create_api_key", "Create an API key",
                "For the acting organization. Send the credentials as X-Api-Key, or after 'Authorization: token'.")
            .TakesExample(AccountExamples.CreateKey)
            .Answers<CreatedKeyAnswer>(201, "The key; its credentials are shown this once.", AccountExamples.CreatedKey)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        keys.MapDelete("/{id:guid}/", RevokeAsync)
            .Describe("revoke_api_key", "Revoke an API key", "The key stops working at once.")
            .AnswersNothing(204, "The key works no more.")
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> ListAsync(ListApiKeys list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), cancellationToken)).ToOk(keys => keys.Select(KeyAnswer.From));

    private static async Task<IResult> CreateAsync(
        CreateKeyRequest request, CreateApiKey create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(http.Caller(), request.Name, request.Scopes, request.ExpiresInDays, cancellationToken))
            .ToResult(created => TypedResults.Created($"/api/auth/keys/{created.Key.Id}/", CreatedKeyAnswer.From(created)));

    private static async Task<IResult> RevokeAsync(Guid id, RevokeApiKey revoke, HttpContext http, CancellationToken cancellationToken) =>
        (await revoke.HandleAsync(http.Caller(), id, cancellationToken)).ToNoContent();
}
