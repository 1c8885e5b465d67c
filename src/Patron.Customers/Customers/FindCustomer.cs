using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>The key of a customer lookup.</summary>
public abstract record CustomerLookup
{
    /// <summary>A <c>customer_id</c>, <c>account_number</c> or <c>uid</c>, ignoring case.</summary>
    public sealed record ById(string Text) : CustomerLookup;

    /// <summary>The record's username, ignoring case.</summary>
    public sealed record ByUsername(string Text) : CustomerLookup;

    /// <summary>An email address, ignoring case: the record that claims it, else an unproven one.</summary>
    public sealed record ByEmail(string Text) : CustomerLookup;
}

/// <summary>
/// Finds a customer of the acting organization: any, also deleted, for staff and keys with <c>customers:read</c>; for a customer their own,
/// unless deleted. Otherwise 404. An email address also finds the record of the account that has it; 503 where a separate accounts service
/// is unavailable. Source 5, 'Get Customer'.
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
            return await accounts.AddAccountDataAsync(caller, found, cancellationToken);
        }

        // Rows without copies of addresses are found through their account.
        var byAccount = lookup is CustomerLookup.ByEmail(var email)
            ? await accounts.FindByEmailAsync(caller, email, cancellationToken)
            : default;
        return byAccount.Error
            ?? (byAccount.Succeeded(out var own, out _) && own is not null ? own : (Result<Customer>)CustomerAccess.NotFound);
    }
}
