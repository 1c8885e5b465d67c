using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Linking.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Linking.Staff;

/// <summary>
/// Mails a customer the link with which they go on: to set a first password, or with an account to confirm its address. For staff of home
/// and its keys with <c>customers:write</c> (403 for others). Errors: 404 no such record, 400 nothing to send, 429 a mail was sent a short
/// while ago.
/// </summary>
public sealed class SendCustomerLink(
    FindCustomer find, FindAccountState accounts, SendSetupLink setup, ResendVerification verification, HomeOrganization home)
{
    private static readonly Error NothingToSend = Error.Rule(
        "no_link_to_send", "This customer needs no link: their address is confirmed, or they have none.");

    public async Task<Result<Unit>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var found = await find.HandleAsync(caller, new CustomerLookup.ById(reference), cancellationToken);
        if (!found.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        // The mail follows the customer's language, and says nothing of the staff's device.
        var sender = caller with { Origin = RequestOrigin.Local };
        if (customer.UserId is not { } userId)
        {
            return customer is { Email: { } email, IsDeleted: false, IsBlocked: false }
                ? await setup.HandleAsync(sender, email, cancellationToken)
                : NothingToSend;
        }

        return await accounts.HandleAsync(userId, cancellationToken) is { IsConfirmed: false, DisabledAt: null }
            ? await verification.OfAccountAsync(sender, userId, cancellationToken)
            : NothingToSend;
    }
}
