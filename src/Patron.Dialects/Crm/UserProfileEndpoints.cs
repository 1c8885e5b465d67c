using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Organizations;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Crm;

/// <summary>Changes a profile. Omitted and null fields stay unchanged; <c>organization</c> is a number.</summary>
public sealed record ProfileRequest(bool? IsPrimary = null, long? Organization = null);

/// <summary>A profile, with the numbers of its organization and user.</summary>
public sealed record ProfileAnswer(
    long Id, ProfileType ProfileType, bool IsPrimary, long Organization, long User, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ProfileAnswer From(ProfileView view) => From(view.Profile, view.OrganizationNumber, view.UserNumber);

    public static ProfileAnswer From(UserProfile profile, long organization, long user) => new(
        profile.Id, profile.ProfileType, profile.IsPrimary, organization, user, profile.CreatedAt, profile.UpdatedAt);
}

/// <summary>The caller's profiles as vendor, employee or customer. They grant no permissions; memberships do.</summary>
internal static class UserProfileEndpoints
{
    private const string Request = """{"is_primary": true, "organization": 10}""";

    private const string Example = """
        {"id": 7, "profile_type": "vendor", "is_primary": true, "organization": 10, "user": 5, "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z"}
        """;

    public static void MapProfiles(this RouteGroupBuilder profiles)
    {
        profiles.RequireAuthorization(CallerAuthentication.People);
        profiles.MapGet("/", ListAsync)
            .Describe("list_profiles", "List my profiles", "By id; an administrator's are everybody's.")
            .Answers<PageAnswer<ProfileAnswer>>(200, "A page of profiles.", PageExample.Of(Example))
            .Fails(401, 403, 404, 422, 503);
        profiles.MapGet("/{profile:long}/", FindAsync)
            .Describe("get_profile", "Get a profile", "By its number; people see their own.")
            .Answers<ProfileAnswer>(200, "The profile.", Example)
            .Fails(401, 403, 404, 503);
        profiles.MapPatch("/{profile:long}/", ChangeAsync)
            .Describe(
                "change_profile", "Update a profile",
                "is_primary: true makes it the primary one instead of the other. organization is the number of one that the person is a member of. What is left out or null stays.")
            .TakesExample(Request)
            .Answers<ProfileAnswer>(200, "The profile as it is now.", Example)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] Paging paging, ListProfiles list, HttpContext http, CancellationToken cancellationToken)
    {
        if (paging.Refusal is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        var page = await list.HandleAsync(http.Caller(), paging.Page, paging.PageSize, cancellationToken);
        return paging.Answer(http, page.Count, page.Select(ProfileAnswer.From).Rows);
    }

    private static async Task<IResult> FindAsync(
        long profile, FindUserProfile find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), profile, cancellationToken)).ToOk(ProfileAnswer.From);

    private static async Task<IResult> ChangeAsync(
        long profile, ProfileRequest request, ChangeProfile change, HttpContext http, CancellationToken cancellationToken) =>
        (await change.HandleAsync(
            http.Caller(), profile, new ProfileEdit(request.IsPrimary, request.Organization), cancellationToken)).ToOk(ProfileAnswer.From);
}
