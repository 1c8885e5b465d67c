using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>Whether there is a profile, and the record's <c>customer_id</c>.</summary>
public sealed record ProfileCheck(bool Exists, string? CustomerId);

/// <summary>
/// Checks whether an account has a record in the acting organization that is not deleted (source 3): the caller's own, or any for staff and
/// keys with <c>customers:read</c> (403 for others).
/// </summary>
public sealed class CheckProfile(OwnProfile own, CustomerStore customers)
{
    /// <param name="userId">The account; null for the caller's own.</param>
    public async Task<Result<ProfileCheck>> HandleAsync(Caller caller, Guid? userId, CancellationToken cancellationToken)
    {
        if (userId is { } other && other != caller.UserId)
        {
            return CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused
                ? refused
                : Check(await customers.FindByUserAsync(caller, other, cancellationToken));
        }

        var result = await own.FindAsync(caller, cancellationToken);
        return result.Succeeded(out var found, out var failure) ? Check(found.Profile?.Customer) : failure;
    }

    private static ProfileCheck Check(Customer? customer) =>
        customer is { IsDeleted: false } ? new ProfileCheck(true, customer.CustomerId) : new ProfileCheck(false, null);
}
