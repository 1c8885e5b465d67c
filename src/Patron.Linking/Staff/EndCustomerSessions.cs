using Patron.Accounts.Sessions;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking.Staff;

/// <summary>
/// Ends one session of a customer's account, or all, for staff of home and its keys with <c>customers:write</c> (403 for others). Returns
/// how many have ended. 404 for a record that the caller cannot see, or a session that is not active; 400 for a record without an account.
/// </summary>
public sealed class EndCustomerSessions(FindCustomer find, EndSessions sessions, DatabaseSession database, HomeOrganization home)
{
    private static readonly Error HomeOnly = Error.Forbidden(
        "staff_required", "Sessions belong to the account, not to your organization. Only staff of the home organization can end them.");

    private static readonly Error NoAccount = Error.Rule("no_account", "This customer isn't linked to an account.");
    private static readonly Error NoSession = Error.NotFound("session_not_found", "This account has no active session with this id.");

    public async Task<Result<int>> HandleAsync(Caller caller, string reference, Guid? session, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (!caller.IsStaffOf(home.Id))
        {
            return HomeOnly;
        }

        var found = await find.HandleAsync(caller, new CustomerLookup.ById(reference), cancellationToken);
        if (!found.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        if (customer.UserId is not { } userId)
        {
            return NoAccount;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var ended = await sessions.EndAsync(
            caller, userId, active => session == null || active.Id == session, "ended_by_staff", cancellationToken);
        return session is not null && ended == 0 ? NoSession : await transaction.CommitAsync(ended, cancellationToken);
    }
}
