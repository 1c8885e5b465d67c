using Patron.Accounts.Activation;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;

namespace Patron.Linking.Activation;

/// <summary>The account with an address, proven or not, and the home organization's unlinked record with it.</summary>
public sealed record ActivationCandidate(User? Account, Customer? Waiting)
{
    /// <summary>Whether the record can be activated. An account with an unproven address counts as absent, unless it is disabled.</summary>
    public bool MayActivate => Waiting is not null && Account is null or { EmailConfirmed: false, DisabledAt: null };
}

/// <summary>
/// Finds who may activate an account: a customer of the home organization whose record is unlinked, and who has no proven account
/// (linking.md).
/// </summary>
public sealed class ActivationCandidates(
    AccountActivator accounts, WaitingCustomers customers, HomeCustomers homeCustomers, HomeOrganization home)
{
    public async Task<ActivationCandidate> FindAsync(string emailKey, CancellationToken cancellationToken) =>
        new(await accounts.FindAsync(emailKey, cancellationToken), await customers.FindAsync(home.Id, emailKey, cancellationToken));

    /// <summary>Finds the account's record in the home organization, unless it is deleted; null without an account.</summary>
    public async Task<Customer?> FindLinkedAsync(User? account, CancellationToken cancellationToken) =>
        account is null ? null : (await homeCustomers.FindAsync([account.Id], cancellationToken)).GetValueOrDefault(account.Id);

    /// <summary>Whether the record came from the ERP.</summary>
    internal static bool IsFromErp(Customer? customer) => customer?.Partner is not null;

    /// <summary>
    /// Returns the names for the account of a record (linking.md, 'Ownership'): a person's first and last name, or their full name split;
    /// for a company its name as the first name. Names that are too long for an account are cut off; the record keeps them.
    /// </summary>
    internal static PersonNames NamesOf(Customer customer)
    {
        var empty = new PersonNames("", "", null, null) { Language = customer.Language };
        var names = customer switch
        {
            { CustomerType: CustomerType.Company } => empty with { FirstName = customer.FullName },
            { FirstName: "", LastName: "" } => empty.WithFullName(customer.FullName),
            _ => empty with { FirstName = customer.FirstName, LastName = customer.LastName },
        };
        return names with { FirstName = Cut(names.FirstName), LastName = Cut(names.LastName) };
    }

    private static string Cut(string name) => string.Concat(name.EnumerateRunes().Take(PersonNames.MaxNameLength)).Trim();
}
