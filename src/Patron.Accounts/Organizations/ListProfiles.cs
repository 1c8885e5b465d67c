using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>A profile with the numbers of its organization and its person.</summary>
public sealed record ProfileView(UserProfile Profile, long OrganizationNumber, long UserNumber);

/// <summary>The caller's own profiles, by id; everybody's for an administrator.</summary>
public sealed class ListProfiles(AccountsContext context)
{
    public Task<PageOf<ProfileView>> HandleAsync(Caller caller, int page, int pageSize, CancellationToken cancellation) =>
        context.ProfilesOf(caller).AsNoTracking().OrderBy(profile => profile.Id).WithNumbers(context).ToPageAsync(page, pageSize, cancellation);
}

/// <summary>One profile, under the same rule. Errors: 404.</summary>
public sealed class FindProfile(AccountsContext context)
{
    public async Task<Result<ProfileView>> HandleAsync(Caller caller, long id, CancellationToken cancellation) =>
        await context.ProfilesOf(caller).AsNoTracking().Where(profile => profile.Id == id).WithNumbers(context).SingleOrDefaultAsync(cancellation) is { } profile
            ? profile
            : VisibleRows.NoProfile;
}

internal static class ProfileViews
{
    public static IQueryable<ProfileView> WithNumbers(this IQueryable<UserProfile> profiles, AccountsContext context) => profiles.Select(profile => new ProfileView(
        profile,
        context.Organizations.Where(organization => organization.Id == profile.OrganizationId).Select(organization => organization.Number).Single(),
        context.Users.Where(user => user.Id == profile.UserId).Select(user => user.Number).Single()));
}
