using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>Finds one of the caller's own profiles; any profile for an administrator. Errors: 404.</summary>
public sealed class FindUserProfile(AccountsContext dbContext)
{
    public async Task<Result<ProfileView>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        await dbContext.ProfilesOf(caller)
            .AsNoTracking()
            .Where(profile => profile.Id == id)
            .WithNumbers(dbContext)
            .SingleOrDefaultAsync(cancellationToken) is { } profile
            ? profile
            : VisibleRows.NoProfile;
}
