using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Deletes the caller's own profile softly (source 3): staff still see the record, the account is untouched, and making a profile again
/// restores it. 404 without one, 412 where the version is another by now.
/// </summary>
public sealed class DeleteProfile(OwnProfile own, CustomerEditor editor)
{
    /// <summary>The profile in its last state.</summary>
    public async Task<Result<Profile>> HandleAsync(Caller caller, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        var asked = await own.FindAsync(caller, cancellation);
        if (!asked.Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (found.Profile is not { } profile)
        {
            return OwnProfile.Missing;
        }

        var edit = new CustomerEdit("customer.deleted", details => details with { IsDeleted = true }) { ExpectedVersions = expectedVersions, IsPermitted = true };
        var deleted = await editor.EditAsync(caller, profile.Customer.CustomerId, edit, cancellation, found.Accounts);
        return deleted.Succeeded(out var customer, out var stale) ? profile with { Customer = customer } : stale;
    }
}
