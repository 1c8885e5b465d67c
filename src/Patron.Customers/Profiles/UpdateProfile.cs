using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Changes the caller's own profile in part (source 3). What their account owns may be sent back as it is; another value is 400 and says where to
/// change it, and nothing is applied. What the company's ERP owns becomes a request to staff, and the rest is applied. 404 without a profile, 412 where the version is another by now, 422 naming invalid fields.
/// </summary>
public sealed class UpdateProfile(OwnProfile own, CustomerEditor editor, ChangeRequests requests)
{
    public async Task<Result<Profile>> HandleAsync(Caller caller, ProfileInput input, CancellationToken cancellation)
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

        if (input.Refuse(profile.Account, found.Accounts.Failure) is { } owned)
        {
            return owned;
        }

        var edit = new CustomerEdit("customer.changed", input.Apply) { ExpectedVersions = input.ExpectedVersions };
        var changed = await editor.EditAsync(caller, profile.Customer.CustomerId, edit, cancellation, found.Accounts);
        return changed.Succeeded(out var customer, out var broken)
            ? profile with { Customer = customer, PendingChanges = await requests.FindOpenAsync(customer, cancellation) }
            : broken;
    }
}
