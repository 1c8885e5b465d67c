using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Makes the caller's profile in the acting organization (source 3): a new record, or the one they have been given there by a sign-up, by proof or
/// by an offer, which this call accepts: the first one fills what is empty. One that the customer has deleted is restored with what is given; one that
/// staff have deleted is not. Of many at once one does it. Errors: 400 there is one, or a value of the account's is another one; 422 naming the
/// fields; 503 where accounts are away.
/// </summary>
public sealed class CreateProfile(
    OwnProfile own, AccountCustomers accountCustomers, AccountCopies accounts, CustomerStore customers, CustomerEditor editor, TimeProvider time)
{
    private static readonly Error Exists = Error.Rule(
        "You have a profile already; change it with PATCH /api/v1/customers/profile/update/.");

    private static readonly Error DeletedByStaff = Error.Rule(
        "Your customer record here was deactivated by the organization. Please ask its staff to restore it.");

    public async Task<Result<Profile>> HandleAsync(Caller caller, ProfileInput input, CancellationToken cancellationToken)
    {
        var asked = await own.FindAccountAsync(caller, cancellationToken);
        if (!asked.Succeeded(out var known, out var away))
        {
            return away;
        }

        if (input.Refuse(known, failure: null) is { } owned)
        {
            return owned;
        }

        await own.LearnAsync(caller, known, cancellationToken);
        await using var transaction = await customers.BeginAsync(cancellationToken);
        var held = await accounts.LockOwnAsync(caller, known, cancellationToken); // Lock order: account, then customers.
        if (!held.Succeeded(out var account, out var gone))
        {
            return gone;
        }

        var ensured = await accountCustomers.EnsureAsync(caller, account, caller.OrganizationId, input.Changes, LinkEvidence.Registered, cancellationToken);
        if (ensured.Error is { } invalid)
        {
            return invalid;
        }

        var now = time.GetDatabaseNow();
        var customer = (await customers.LockOfAccountAsync(caller, account, caller.OrganizationId, now, cancellationToken)).Single(record => record.UserId == account.UserId);
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
        var shown = accounts.KnowOwn(caller, account, failure: null);
        var changes = isRestored ? input.Changes : input.Changes.FillingGapsOf(shown.Show(customer));
        if (await editor.ChangeAsync(caller, customer, shown, new CustomerEdit(changes) { IsPermitted = isRestored }, cancellationToken) is { } broken)
        {
            return broken;
        }

        customer.BecomeProfile(now);
        var saved = await customers.SaveAsync(caller, customer, "customer.profile_created", cancellationToken);
        return saved.Error is { } taken ? taken : await transaction.CommitAsync(await own.ToProfileAsync(shown.Show(customer), account, cancellationToken), cancellationToken);
    }
}
