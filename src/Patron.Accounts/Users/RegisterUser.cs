using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Opens an account, makes the person a customer of the home organization and signs them in (source 3, register). Errors as
/// <see cref="OpenAccount"/>.
/// </summary>
public sealed class RegisterUser(OpenAccount open, AccountRegistration registration, HomeOrganization home)
{
    public Task<Result<SignedUp<User>>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellation) =>
        open.RunAsync(caller, account, user => registration.AddAsync(caller, user, home.Id, OrganizationRole.Customer, cancellation), cancellation);
}
