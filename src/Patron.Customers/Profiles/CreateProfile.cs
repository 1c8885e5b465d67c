using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Creates the caller's profile in the acting organization (source 3): a new record, or the one that a sign-up, a proof or an offer has
/// given them, which this call accepts; empty fields of it are filled. A record that the customer had deleted is restored with the given
/// values; one that staff deleted is not. Of concurrent calls one succeeds. Errors: 400 for an existing profile or a value that differs
/// from the account's; 422 naming invalid fields; 503 where accounts are unavailable.
/// </summary>
public sealed class CreateProfile(
    OwnProfile own, AccountCustomers accountCustomers, AccountCopies accounts, CustomerStore customers, CustomerEditor editor,
    TimeProvider time)
{
    private static readonly Error Exists = Error.Rule(
        "profile_exists", "You already have a profile. Change it with PATCH /api/v1/customers/profile/update/.");

    private static readonly Error DeletedByStaff = Error.Rule(
        "customer_deactivated", "Your customer record was deactivated by the organization. Ask its staff to restore it.");

    public async Task<Result<Profile>> HandleAsync(Caller caller, ProfileInput input, CancellationToken cancellationToken)
    {
        var result = await own.FindAccountAsync(caller, cancellationToken);
        if (!result.Succeeded(out var current, out var unavailable))
        {
            return unavailable;
        }

        if (input.CheckAccountValues(current, failure: null) is { } owned)
        {
            return owned;
        }

        await own.ApplyAccountChangesAsync(caller, current, cancellationToken);
        await using var transaction = await customers.BeginAsync(cancellationToken);
        var locked = await accounts.LockOwnAsync(caller, current, cancellationToken); // Lock order: account, then customers.
        if (!locked.Succeeded(out var account, out var gone))
        {
            return gone;
        }

        var ensured = await accountCustomers.EnsureAsync(
            caller, account, caller.OrganizationId, input.Changes, LinkEvidence.Registered, cancellationToken);
        if (ensured.Error is { } invalid)
        {
            return invalid;
        }

        var now = time.GetDatabaseNow();
        var customer = (await customers.LockForAccountAsync(caller, account, caller.OrganizationId, now, cancellationToken))
            .Single(record => record.UserId == account.UserId);
        if (customer is { IsDeleted: true, IsDeletedByCustomer: false })
        {
            return DeletedByStaff;
        }

        if (customer is { IsDeleted: false, ProfileCreatedAt: not null })
        {
            return Exists;
        }

        var isRestored = customer.IsDeleted;
        customer.Restore(now);
        var linkedAccounts = accounts.FromOwnAccount(caller, account, failure: null);
        var changes = isRestored ? input.Changes : input.Changes.FillingGapsOf(linkedAccounts.AddAccountData(customer));
        if (await editor.ChangeAsync(caller, customer, linkedAccounts, new CustomerEdit(changes), cancellationToken) is { } broken)
        {
            return broken;
        }

        customer.BecomeProfile(now);
        var saved = await customers.SaveAsync(caller, customer, "customer.profile_created", cancellationToken);
        return saved.Error is { } taken
            ? taken
            : await transaction.CommitAsync(
                await own.ToProfileAsync(linkedAccounts.AddAccountData(customer), account, cancellationToken), cancellationToken);
    }
}
