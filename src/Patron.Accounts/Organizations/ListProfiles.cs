using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>A profile with the numbers of its organization and its user.</summary>
public sealed record ProfileView(UserProfile Profile, long OrganizationNumber, long UserNumber);

/// <summary>Lists the caller's own profiles by id; all profiles for an administrator.</summary>
public sealed class ListProfiles(AccountsContext dbContext)
{
    public Task<PagedList<ProfileView>> HandleAsync(Caller caller, int page, int pageSize, CancellationToken cancellationToken) =>
        dbContext.ProfilesOf(caller)
            .AsNoTracking()
            .OrderBy(profile => profile.Id)
            .WithNumbers(dbContext)
            .ToPagedListAsync(page, pageSize, cancellationToken);
}

internal static class ProfileViews
{
    public static IQueryable<ProfileView> WithNumbers(this IQueryable<UserProfile> profiles, AccountsContext dbContext) =>
        profiles.Select(profile => new ProfileView(
        profile,
        dbContext.Organizations.Where(organization => organization.Id == profile.OrganizationId).Select(organization => organization.Number)
            .Single(),
        dbContext.Users.Where(user => user.Id == profile.UserId).Select(user => user.Number).Single()));
}
