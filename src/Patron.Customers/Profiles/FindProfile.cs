using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>The caller's own profile in the acting organization (source 3). 404 without one, and for a deleted one; 403 without an account.</summary>
public sealed class FindProfile(OwnProfile own)
{
    public async Task<Result<Profile>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var asked = await own.FindAsync(caller, cancellationToken);
        return !asked.Succeeded(out var found, out var refused) ? refused : found.Profile is { } profile ? profile : OwnProfile.Missing;
    }
}
