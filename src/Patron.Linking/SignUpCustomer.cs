using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Opens an account and, in the same transaction, its customer record in the home organization (source 1, sign_up). Until the address is
/// proven the record claims nothing. Errors as <see cref="OpenAccount"/>.
/// </summary>
public sealed class SignUpCustomer(OpenAccount open, AccountRegistration registration, AccountCustomers customers, HomeOrganization home)
{
    private static readonly CustomerDetails Details = new() { IsPrimaryContact = true };

    public Task<Result<SignedUp<Customer>>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellation) =>
        open.RunAsync(caller, account, user => AddAsync(caller, user, cancellation), cancellation);

    private async Task<Result<Customer>> AddAsync(Caller caller, User user, CancellationToken cancellation)
    {
        if ((await registration.AddAsync(caller, user, home.Id, OrganizationRole.Customer, cancellation)).Error is { } taken)
        {
            return taken;
        }

        var ensured = await customers.EnsureAsync(caller, user.ToAccount(), home.Id, Details, LinkEvidence.Registered, cancellation);
        return ensured.Succeeded(out var customer, out var refused) ? customer.Customer : refused;
    }
}
