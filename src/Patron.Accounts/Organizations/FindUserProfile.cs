using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>One of the caller's own profiles; anybody's for an administrator. Errors: 404.</summary>
public sealed class FindUserProfile(AccountsContext context)
{
    public async Task<Result<ProfileView>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        await context.ProfilesOf(caller).AsNoTracking().Where(profile => profile.Id == id).WithNumbers(context).SingleOrDefaultAsync(cancellationToken) is { } profile
            ? profile
            : VisibleRows.NoProfile;
}
