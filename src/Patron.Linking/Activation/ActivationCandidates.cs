using Patron.Accounts.Activation;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;

namespace Patron.Linking.Activation;

/// <summary>Who is at an address: the account, proven or not, and the home organization's record that waits for it.</summary>
public sealed record ActivationCandidate(User? Account, Customer? Waiting)
{
    /// <summary>The record's person may come: an account whose address was never proven counts as absent, unless it is switched off.</summary>
    public bool MayActivate => Waiting is not null && Account is null or { EmailConfirmed: false, DisabledAt: null };
}

/// <summary>Finds out who may activate: a customer of the home organization whose record waits, and who has no proven account (linking.md).</summary>
public sealed class ActivationCandidates(ActivatedAccounts accounts, WaitingCustomers customers, HomeCustomers linked, HomeOrganization home)
{
    public async Task<ActivationCandidate> FindAsync(string emailKey, CancellationToken cancellationToken) =>
        new(await accounts.FindAsync(emailKey, cancellationToken), await customers.FindAsync(home.Id, emailKey, cancellationToken));

    /// <summary>The account's record at home; null where it has none, or a deleted one.</summary>
    public async Task<Customer?> OwnAsync(User account, CancellationToken cancellationToken) =>
        (await linked.FindAsync([account.Id], cancellationToken)).GetValueOrDefault(account.Id);

    /// <summary>Whether the record came from the ERP.</summary>
    internal static bool IsFromErp(Customer? customer) => customer?.Partner is not null;

    /// <summary>
    /// The names of the account that a record leads to (linking.md, 'Ownership'): a person's own, or their full name split; a company's name is
    /// its first name. What an account cannot hold is cut off; the record keeps it.
    /// </summary>
    internal static PersonNames NamesOf(Customer details)
    {
        var nobody = new PersonNames("", "", null, null);
        var names = details.CustomerType == CustomerType.Company ? nobody with { FirstName = details.FullName }
            : $"{details.FirstName}{details.LastName}".Length > 0 ? nobody with { FirstName = details.FirstName, LastName = details.LastName }
            : nobody.WithFullName(details.FullName);
        return names with { FirstName = Cut(names.FirstName), LastName = Cut(names.LastName) };
    }

    private static string Cut(string name) => string.Concat(name.EnumerateRunes().Take(PersonNames.MaxNameLength)).Trim();
}
