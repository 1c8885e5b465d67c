using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Deletes the caller's own profile softly (source 3): staff still see the record, the account is unchanged, and creating a profile again
/// restores it. 404 without one, 412 for an outdated version.
/// </summary>
public sealed class DeleteProfile(OwnProfile own, CustomerStore customers, TimeProvider time)
{
    /// <summary>Returns the profile as it was last.</summary>
    public async Task<Result<Profile>> HandleAsync(
        Caller caller, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        var result = await own.FindAsync(caller, cancellationToken);
        if (!result.Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (found.Profile is not { } profile)
        {
            return OwnProfile.Missing;
        }

        await using var transaction = await customers.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, profile.Customer.CustomerId, expectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var gone))
        {
            return gone;
        }

        customer.Delete(time.GetDatabaseNow(), byCustomer: true);
        var saved = await customers.SaveAsync(caller, customer, "customer.deleted", cancellationToken);
        var deleted = await transaction.CommitAsync(saved, cancellationToken);
        return deleted.Select(last => profile with { Customer = found.Accounts.AddAccountData(last) });
    }
}
