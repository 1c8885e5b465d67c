using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>What a customer is looked up by.</summary>
public abstract record CustomerLookup
{
    /// <summary>A <c>customer_id</c>, <c>account_number</c> or <c>uid</c>, in any case.</summary>
    public sealed record ById(string Text) : CustomerLookup;

    /// <summary>The record's user name, in any case.</summary>
    public sealed record ByUsername(string Text) : CustomerLookup;

    /// <summary>An e-mail address, in any case: the record that claims it, else an unproven one.</summary>
    public sealed record ByEmail(string Text) : CustomerLookup;
}

/// <summary>
/// One customer of the acting organization: any, deleted ones too, for staff and keys with <c>customers:read</c>; their own, unless
/// deleted, for a customer. Everything else is 404. By an e-mail address also the record of the account that has it; where accounts are
/// another service's and away, 503. Source 5, 'Get Customer'.
/// </summary>
public sealed class FindCustomer(DatabaseSession session, IAccountDirectory directory, AccountNames names)
{
    public async Task<Result<Customer>> HandleAsync(Caller caller, CustomerLookup lookup, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseStrangers(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var found = await (lookup switch
        {
            CustomerLookup.ById(var text) => session.FindByIdAsync(caller, text, cancellation),
            CustomerLookup.ByUsername(var text) => session.FindByUsernameAsync(caller, text, cancellation),
            CustomerLookup.ByEmail(var text) => session.FindByEmailAsync(caller, text, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(lookup), lookup, message: null),
        });
        return found is not null ? await names.ShowAsync(caller, found, cancellation)
            : lookup is CustomerLookup.ByEmail(var email) && !directory.KeepsCopies ? await FindByAccountAsync(caller, email, cancellation)
            : CustomerAccess.NotFound;
    }

    // Rows that hold no address are found by the account that has it.
    private async Task<Result<Customer>> FindByAccountAsync(Caller caller, string email, CancellationToken cancellation)
    {
        if (!EmailAddress.TryParse(email, out var address))
        {
            return CustomerAccess.NotFound;
        }

        var answer = caller.IsStaff
            ? await directory.FindByEmailAsync(caller, [address.Key], cancellation)
            : await directory.ReadAsync(caller, [caller.UserId!.Value], cancellation);
        if (!answer.Succeeded(out var accounts, out var error))
        {
            return error;
        }

        var account = accounts.FirstOrDefault(account => account.EmailKey == address.Key);
        var found = account is null ? null : await session.FindByUserAsync(caller, account.UserId, cancellation);
        return found is null ? CustomerAccess.NotFound : found.Showing(account, isComplete: true);
    }
}
