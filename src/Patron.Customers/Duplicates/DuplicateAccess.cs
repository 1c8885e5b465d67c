using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Duplicates;

/// <summary>Who may look for duplicates, and where: they are found by names, which a separate customers service does not hold.</summary>
internal static class DuplicateAccess
{
    internal static readonly Error NotFound = Error.NotFound(
        "duplicate_not_found", "There's no such pair of duplicates. List them again: one of the two may have changed.");

    private static readonly Error NeedsNames = Error.Invalid(
        "duplicates", "Duplicates are found by names, which a separate customers service doesn't hold. Use a server with the role all.");

    /// <summary>Null for staff and keys with the scope, where records hold names. Errors: 401, 403, 422.</summary>
    public static Error? Refuse(Caller caller, AccountCopies accounts, string scope) =>
        CustomerAccess.RefuseUnlessStaff(caller, scope) ?? (accounts.AreStored ? null : NeedsNames);
}
