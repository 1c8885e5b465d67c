using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Makes the caller's profile in the acting organization (source 3): a new record, or the one they have been given there by a sign-up, by proof or
/// by an offer, which this call accepts: the first one fills what is empty. A deleted one is restored with what is given. Of many at once one
/// does it. Errors: 400 there is one, or a value of the account's is another one; 422 naming the fields; 503 where accounts are away.
/// </summary>
public sealed class CreateProfile(
    IAccountDirectory directory, OwnProfile own, AccountCustomers customers, CustomerEditor editor, ChangeRequests requests, CustomersContext context, DatabaseSession session, TimeProvider time)
{
    private static readonly Error Exists = Error.Rule(
        "You have a profile already; change it with PATCH /api/v1/customers/profile/update/.");

    public async Task<Result<Profile>> HandleAsync(Caller caller, ProfileInput input, CancellationToken cancellation)
    {
        var asked = await directory.OwnAsync(caller, cancellation);
        if (!asked.Succeeded(out var account, out var away))
        {
            return away;
        }

        var details = input.Apply(CustomerDetails.Empty);
        var written = CustomerFields.Changed(CustomerDetails.Empty, details);
        if ((input.Refuse(account, failure: null) ?? CustomerFields.Check(details, written, [], time.GetDatabaseNow(), isLinked: true)) is { } refused)
        {
            return refused;
        }

        await own.LearnAsync(caller, account, cancellation);
        return await session.InTransactionAsync(
            async () =>
            {
                // Asked again on this side of the transaction, where the answer stays true.
                var held = directory.KeepsCopies ? await directory.OwnAsync(caller, cancellation) : asked;
                return held.Succeeded(out var sure, out var gone) ? await CreateAsync(caller, sure, input, details, cancellation) : gone;
            },
            cancellation);
    }

    private async Task<Result<Profile>> CreateAsync(
        Caller caller, Account account, ProfileInput input, CustomerDetails details, CancellationToken cancellation)
    {
        var ensured = await customers.EnsureAsync(caller, account, caller.OrganizationId, details, LinkEvidence.Registered, cancellation);
        if (ensured.Error is { } refused)
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        var records = await context.LockOfAccountAsync(session, caller, account, caller.OrganizationId, now, cancellation);
        var customer = records.Single(record => record.UserId == account.UserId);
        if (customer.ProfileCreatedAt is not null && !customer.Details.IsDeleted)
        {
            return Exists;
        }

        var accounts = KnownAccounts.OfOwn(caller, directory.KeepsCopies, account, failure: null);
        var edit = customer.Details.IsDeleted
            ? new CustomerEdit("customer.restored", current => input.Apply(current).Restored()) { IsPermitted = true }
            : new CustomerEdit("customer.changed", current => current.FilledWith(input.Apply));
        if ((await editor.ApplyAsync(caller, customer, accounts, edit, now, cancellation)).Error is { } broken)
        {
            return broken;
        }

        customer.BecomeProfile(now);
        var saved = await editor.SaveAsync(caller, customer, new CustomerDeed("customer.profile_created", now), cancellation);
        return saved.Succeeded(out _, out var taken)
            ? new Profile(accounts.Show(customer), account) { PendingChanges = await requests.FindOpenAsync(customer, cancellation) }
            : taken;
    }
}
