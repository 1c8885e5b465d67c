using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Database;

/// <summary>Maps violations of the unique indexes to errors, for the loser of a race.</summary>
internal static class CustomerConflicts
{
    /// <summary>The exact text of source 5; clients compare it.</summary>
    public static readonly Error EmailTaken = Error.Rule("email_taken", "Customer with this email already exists");

    /// <summary>A generated identifier was taken meanwhile: generate another one.</summary>
    public static readonly Error IdentifierTaken = Error.Rule(
        "conflict", "Another customer took the same identifier in the meantime. Try again.");

    /// <summary>The account already has a record in the organization. Callers may read that record instead.</summary>
    public static readonly Error AlreadyCustomer = Error.Rule("already_customer", "This person is already a customer of the organization.");

    /// <summary>The error for this exception, or null where it is not one of these violations.</summary>
    public static Error? ToError(Exception exception) => UniqueViolation.Constraint(exception) switch
    {
        "ux_customers_claimed_email" => EmailTaken,
        "ux_customers_user" => AlreadyCustomer,
        "ux_customers_username" or "ux_customers_customer_id" => IdentifierTaken,
        _ => null,
    };
}
