using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Database;

/// <summary>Maps violations of the unique indexes to errors, for the loser of a race.</summary>
internal static class CustomerConflicts
{
    /// <summary>The exact text of source 5; clients compare it.</summary>
    public static readonly Error EmailTaken = Error.Rule("Customer with this email already exists");

    /// <summary>A generated identifier was taken meanwhile: generate another one.</summary>
    public static readonly Error IdentifierTaken = Error.Rule("An identifier was taken by another customer in the meantime; try again.");

    /// <summary>The account already has a record in the organization. Callers may read that record instead.</summary>
    public static readonly Error AlreadyCustomer = Error.Rule("This person is a customer of the organization already.");

    /// <summary>The error for this exception, or null where it is not one of these violations.</summary>
    public static Error? ToError(Exception exception) => UniqueViolation.Constraint(exception) switch
    {
        "ux_customers_claimed_email" => EmailTaken,
        "ux_customers_user" => AlreadyCustomer,
        "ux_customers_username" or "ux_customers_customer_id" => IdentifierTaken,
        _ => null,
    };
}
