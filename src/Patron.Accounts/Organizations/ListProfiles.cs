using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>A profile with the numbers of its organization and its person.</summary>
public sealed record ProfileView(UserProfile Profile, long OrganizationNumber, long UserNumber);

/// <summary>The caller's own profiles, by id; everybody's for an administrator.</summary>
public sealed class ListProfiles(AccountsContext context)
{
    public Task<PagedList<ProfileView>> HandleAsync(Caller caller, int page, int pageSize, CancellationToken cancellationToken) =>
        context.ProfilesOf(caller).AsNoTracking().OrderBy(profile => profile.Id).WithNumbers(context).ToPagedListAsync(page, pageSize, cancellationToken);
}

internal static class ProfileViews
{
    public static IQueryable<ProfileView> WithNumbers(this IQueryable<UserProfile> profiles, AccountsContext context) => profiles.Select(profile => new ProfileView(
        profile,
        context.Organizations.Where(organization => organization.Id == profile.OrganizationId).Select(organization => organization.Number).Single(),
        context.Users.Where(user => user.Id == profile.UserId).Select(user => user.Number).Single()));
}
