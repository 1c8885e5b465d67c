using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Changes the caller's own profile in part (source 3). What their account owns may be sent back as it is; another value is 400 and says where to
/// change it, and nothing is applied. What the company's ERP owns becomes a request to staff, and the rest is applied. 404 without a profile, 412 where
/// the version is another by now, 422 naming invalid fields.
/// </summary>
public sealed class UpdateProfile(OwnProfile own, CustomerStore customers, CustomerEditor editor)
{
    public async Task<Result<Profile>> HandleAsync(Caller caller, ProfileInput input, CancellationToken cancellationToken)
    {
        var asked = await own.FindAsync(caller, cancellationToken);
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

        await using var transaction = await customers.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, profile.Customer.CustomerId, input.ExpectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var gone))
        {
            return gone;
        }

        if (await editor.ChangeAsync(caller, customer, found.Accounts, new CustomerEdit(input.Changes), cancellationToken) is { } invalid)
        {
            return invalid;
        }

        var saved = await customers.SaveAsync(caller, customer, "customer.changed", cancellationToken);
        return saved.Error is { } taken
            ? taken
            : await transaction.CommitAsync(await own.ToProfileAsync(found.Accounts.Show(customer), profile.Account, cancellationToken), cancellationToken);
    }
}
