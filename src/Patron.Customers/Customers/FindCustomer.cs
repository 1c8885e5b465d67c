using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Results;

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
public sealed class FindCustomer(CustomerStore customers, AccountCopies accounts)
{
    public async Task<Result<Customer>> HandleAsync(Caller caller, CustomerLookup lookup, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseOthers(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var found = await (lookup switch
        {
            CustomerLookup.ById(var text) => customers.FindByIdAsync(caller, text, cancellationToken),
            CustomerLookup.ByUsername(var text) => customers.FindByUsernameAsync(caller, text, cancellationToken),
            CustomerLookup.ByEmail(var text) => customers.FindByEmailAsync(caller, text, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(lookup), lookup, message: null),
        });
        if (found is not null)
        {
            return await accounts.ShowAsync(caller, found, cancellationToken);
        }

        // Rows that hold no address are found by the account that has it.
        var byAccount = lookup is CustomerLookup.ByEmail(var email) ? await accounts.FindByEmailAsync(caller, email, cancellationToken) : default;
        return byAccount.Error ?? (byAccount.Succeeded(out var own, out _) && own is not null ? own : (Result<Customer>)CustomerAccess.NotFound);
    }
}
