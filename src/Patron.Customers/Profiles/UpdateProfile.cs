using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Changes the caller's own profile in part (source 3). Values of their account may be sent back unchanged; a different value is a 400 that
/// says where to change it, and nothing is applied. A change of a field that the company's ERP owns becomes a change request, and the rest
/// is applied. 404 without a profile, 412 for an outdated version, 422 naming invalid fields.
/// </summary>
public sealed class UpdateProfile(OwnProfile own, CustomerStore customers, CustomerEditor editor)
{
    public async Task<Result<Profile>> HandleAsync(Caller caller, ProfileInput input, CancellationToken cancellationToken)
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

        if (input.CheckAccountValues(profile.Account, found.Accounts.Failure) is { } owned)
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
        if (saved.Error is { } taken)
        {
            return taken;
        }

        var after = await own.ToProfileAsync(found.Accounts.AddAccountData(customer), profile.Account, cancellationToken);
        var requestedReview = after.PendingChanges.Except(profile.PendingChanges).Any();
        return await transaction.CommitAsync(after with { RequestedReview = requestedReview }, cancellationToken);
    }
}
