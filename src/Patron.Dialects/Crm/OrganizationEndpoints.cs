using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Organizations;
using Patron.Dialects.OpenApi;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Web.Http;

namespace Patron.Dialects.Crm;

public sealed record OrganizationRequest(string? Name);

/// <summary>Changes an organization. Omitted fields stay unchanged.</summary>
public sealed record UpdateOrganizationRequest
{
    public Optional<string> Name { get; init; }
}

/// <summary>
/// An organization. <c>role</c> is the caller's role; it is null for administrators and API keys, who are not members. <c>closed_at</c> is
/// null except for closed organizations, which only administrators see.
/// </summary>
public sealed record OrganizationAnswer(
    long Id, Guid Uuid, string Name, OrganizationRole? Role, bool IsHome, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    DateTimeOffset? ClosedAt)
{
    public static OrganizationAnswer From(OrganizationView view) => new(
        view.Organization.Number, view.Organization.Id, view.Organization.Name, view.Role, view.Organization.IsHome,
        view.Organization.CreatedAt, view.Organization.UpdatedAt, view.Organization.ClosedAt);
}

/// <summary>The organizations that a person belongs to. Every account may create more.</summary>
internal static class OrganizationEndpoints
{
    private const string Request = """{"name": "Jane's Business"}""";

    private const string Example = """
        {"id": 10, "uuid": "0198c0de-6666-7000-8000-000000000001", "name": "Jane's Business", "role": "vendor", "is_home": false, "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z", "closed_at": null}
        """;

    public static void MapOrganizations(this RouteGroupBuilder organizations)
    {
        organizations.MapGet("/", ListAsync)
            .Describe("list_organizations", "List my organizations", "Those the caller is a member of, by id; an administrator's are all.")
            .Answers<PageAnswer<OrganizationAnswer>>(200, "A page of organizations.", PageExample.Of(Example))
            .Fails(401, 403, 404, 422, 503);
        organizations.MapPost("/", CreateAsync).RequireAuthorization(CallerAuthentication.People)
            .Idempotent<OrganizationRequest>((http, _) => Task.FromResult(CreateOrganization.Refusal(http.Caller())))
            .Describe(
                "create_organization", "Create an organization",
                "The caller becomes its owner (vendor); their vendor profile shows it from then on.")
            .TakesExample(Request)
            .Answers<OrganizationAnswer>(201, "The new organization.", Example)
            .Fails(400, 401, 403, 404, 409, 413, 415, 422, 503);
        organizations.MapGet("/{id}/", FindAsync)
            .Describe("get_organization", "Get an organization", "By its number or UUID, for those who belong to it.")
            .Answers<OrganizationAnswer>(200, "The organization.", Example)
            .Fails(401, 403, 404, 503);
        organizations.MapPatch("/{id}/", ChangeAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe(
                "change_organization", "Rename an organization", "For its staff. The home organization's name is a setting of the server.")
            .TakesExample(Request)
            .Answers<OrganizationAnswer>(200, "The organization as it is now.", Example)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] Paging paging, ListOrganizations list, HttpContext http, CancellationToken cancellationToken)
    {
        if (paging.Refusal is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        var page = await list.HandleAsync(http.Caller(), paging.Page, paging.PageSize, cancellationToken);
        return paging.Answer(http, page.Count, page.Select(OrganizationAnswer.From).Rows);
    }

    private static async Task<IResult> CreateAsync(
        OrganizationRequest request, CreateOrganization create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(http.Caller(), request.Name, cancellationToken))
            .ToResult(
                created => TypedResults.Created($"/api/organizations/{created.Organization.Number}/", OrganizationAnswer.From(created)));

    private static async Task<IResult> FindAsync(string id, FindOrganization find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), id, cancellationToken)).ToOk(OrganizationAnswer.From);

    private static async Task<IResult> ChangeAsync(
        string id, UpdateOrganizationRequest request, ChangeOrganization change, HttpContext http, CancellationToken cancellationToken) =>
        (await change.HandleAsync(http.Caller(), id, name => request.Name.Or(name), cancellationToken)).ToOk(OrganizationAnswer.From);
}
