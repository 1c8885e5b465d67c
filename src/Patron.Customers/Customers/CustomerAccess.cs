using Patron.Customers.Erp;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>The permissions on customers (contract, 'Who may do what'). Everything else is refused.</summary>
public static class CustomerAccess
{
    internal static readonly Error NotFound = Error.NotFound(
        "customer_not_found", "There's no such customer. Search for them by name, username or email address.");

    /// <summary>Null for staff of the home organization, which owns the ERP, and its keys with the scope; else the error.</summary>
    public static Error? RefuseUnlessHomeStaff(Caller caller, HomeOrganization home, string scope) =>
        RefuseUnlessStaff(caller, scope)
        ?? (caller.OrganizationId == home.Id
            ? null : Error.Forbidden("staff_required", "The company's ERP belongs to the home organization. Only its staff can do this."));

    /// <summary>Null for staff of the acting organization and its keys with the scope, else the error.</summary>
    public static Error? RefuseUnlessStaff(Caller caller, string scope)
    {
        if (!caller.IsSignedIn)
        {
            return SignIn;
        }

        return caller.IsStaff ? RefuseWithoutScope(caller, scope) : Error.Forbidden(
            "staff_required", "Only staff of the organization can do this.");
    }

    /// <summary>Null for admins, the acting organization's vendors and its keys with the scope to erase, else the error.</summary>
    internal static Error? RefuseUnlessEraser(Caller caller) =>
        RefuseUnlessStaff(caller, Scopes.HardDeleteCustomers)
        ?? (caller.Key is null && !caller.IsVendorOf(caller.OrganizationId)
            ? Error.Forbidden(
                "owner_required", "Only an owner of the organization (role vendor) or an administrator can erase customers. You can deactivate the customer instead.")
            : null);

    /// <summary>Null for staff and for people with an account, who see their own record only; else the error.</summary>
    public static Error? RefuseOthers(Caller caller, string scope)
    {
        if (!caller.IsSignedIn)
        {
            return SignIn;
        }

        return caller.IsStaff || caller.UserId is not null
            ? RefuseWithoutScope(caller, scope)
            : Error.Forbidden("key_of_another_organization", "This API key belongs to another organization.");
    }

    /// <summary>What the caller sees of a record that they found. A key needs a scope to see more than the identifiers.</summary>
    internal static FieldReader ReaderOf(Caller caller)
    {
        if (!caller.IsStaff)
        {
            return FieldReader.Customer;
        }

        return caller.HasScope(Scopes.ReadCustomers) || caller.HasScope(Scopes.WriteCustomers) ? FieldReader.Staff : FieldReader.Anyone;
    }

    /// <summary>Null if the caller may change all of these fields of the record.</summary>
    internal static Error? RefuseFields(Caller caller, Customer customer, ErpOwnership erp, IReadOnlyList<Field<Customer>> changed)
    {
        if (caller.IsStaff && changed.FirstOrDefault(field => erp.Owns(customer, field)) is { } erpField)
        {
            return Error.Rule(
                "owned_by_erp", $"The company's ERP owns {erpField.Name} of this customer: change it there, and the next sync brings it here. Nothing was changed.");
        }

        // Before the check for staff-only fields: this message says where the field can be changed.
        if (changed.FirstOrDefault(
            field => CustomerSchema.IsOwnedByAccount(field, customer) && !erp.Owns(customer, field)) is { } accountField)
        {
            return Error.Rule(
                "owned_by_account", $"The customer's own account owns {accountField.Name}. Only its owner can change it (PATCH /api/auth/profile/update/). Nothing was changed.");
        }

        return RefuseStaffFields(caller, changed);
    }

    /// <summary>
    /// Null if the caller may create their own record with these values. Values for what their account owns do not count, because the
    /// account's replace them.
    /// </summary>
    internal static Error? RefuseOwnFields(Caller caller, Customer values) =>
        RefuseStaffFields(caller, CustomerSchema.WrittenOn(values).Where(field => field.Owner == FieldOwner.Record));

    private static Error? RefuseStaffFields(Caller caller, IEnumerable<Field<Customer>> fields)
    {
        if (caller.IsStaff || fields.FirstOrDefault(field => field.Writer != FieldWriter.Customer) is not { } staffField)
        {
            return null;
        }

        // Answers show the standing and its flags as the status.
        var name = staffField.IsShown ? staffField.Name : CustomerSchema.Status.Name;
        return Error.Forbidden("staff_required", $"Only staff can change {name}. Nothing was changed.");
    }

    private static Error SignIn => Error.Unauthenticated("sign_in_required", "Sign in, or send an API key.");

    private static Error? RefuseWithoutScope(Caller caller, string scope) =>
        caller.HasScope(scope) ? null : Error.Forbidden("scope_missing", $"This API key doesn't have the scope {scope}.");
}
